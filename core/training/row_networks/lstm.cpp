// P-tuning's LSTM as PEFT's PromptEncoder computes it (Liu et al. 2021): two layers in both directions over the rows, then two linear
// layers with ReLU between them. The plan's start is what enters it; PEFT's enters RANDOM rows.
#include "core/training/row_networks/row_network.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <cmath>

namespace incipit {
namespace {

constexpr std::int64_t layers = 2, directions = 2, gates = 4;

class Lstm : public RowNetwork {
 public:
  explicit Lstm(std::int64_t hidden) : m_hidden(hidden) {}

  NetworkParts fresh(const Matrix& start, Random& random) const override {
    NetworkParts parts{{"embedding.weight", start, true}};
    const double bound = 1 / std::sqrt(static_cast<double>(m_hidden));
    for (std::int64_t layer = 0; layer < layers; ++layer)
      for (const char* direction : {"", "_reverse"}) {
        const std::string name = "_l" + std::to_string(layer) + direction;
        const std::int64_t in = layer == 0 ? start.columns : directions * m_hidden;
        parts.push_back({"lstm_head.weight_ih" + name, uniformMatrix(gates * m_hidden, in, bound, random)});
        parts.push_back({"lstm_head.weight_hh" + name, uniformMatrix(gates * m_hidden, m_hidden, bound, random)});
        parts.push_back({"lstm_head.bias_ih" + name, uniformMatrix(1, gates * m_hidden, bound, random)});
        parts.push_back({"lstm_head.bias_hh" + name, uniformMatrix(1, gates * m_hidden, bound, random)});
      }
    addLinear(parts, "mlp_head.0", directions * m_hidden, directions * m_hidden, random);
    addLinear(parts, "mlp_head.2", directions * m_hidden, start.columns, random);
    return parts;
  }

 protected:
  at::Tensor forward(const std::vector<at::Tensor>& parts) const override {
    constexpr std::size_t ofLstm = static_cast<std::size_t>(layers * directions) * 4;
    std::vector<at::Tensor> weights;
    for (std::size_t i = 0; i < ofLstm; ++i) {
      const at::Tensor& part = parts[1 + i];
      weights.push_back(i % 4 < 2 ? part : part.view({-1}));  // two matrices, two biases
    }
    const at::Tensor rows = parts[0].unsqueeze(0);  // [1, P, H]: a batch of one
    const at::Tensor zero = at::zeros({layers * directions, 1, m_hidden}, rows.options());
    const at::Tensor read = std::get<0>(at::lstm(rows, {zero, zero}, weights, true, layers, 0.0, false, true, true)).squeeze(0);
    const auto layer = [&](const at::Tensor& in, std::size_t first) { return at::linear(in, parts[first], parts[first + 1].view({-1})); };
    return layer(at::relu(layer(read, 1 + ofLstm)), 3 + ofLstm);
  }

 private:
  std::int64_t m_hidden;
};

}  // namespace

RowNetworkPointer makeLstm(std::int64_t hidden) { return std::make_unique<Lstm>(hidden); }

}  // namespace incipit
