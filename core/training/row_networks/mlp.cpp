// P-tuning's multilayer perceptron as PEFT's PromptEncoder computes it (Liu et al. 2021, "GPT understands, too"): three linear layers with
// ReLU between them, from H over the hidden size back to H. The plan's start is what enters it; PEFT's enters RANDOM rows.
#include "core/training/row_networks/row_network.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>

namespace incipit {
namespace {

class Mlp : public RowNetwork {
 public:
  explicit Mlp(std::int64_t hidden) : m_hidden(hidden) {}

  NetworkParts fresh(const Matrix& start, Random& random) const override {
    NetworkParts parts{{"embedding.weight", start, true}};
    addLinear(parts, "mlp_head.0", start.columns, m_hidden, random);
    addLinear(parts, "mlp_head.2", m_hidden, m_hidden, random);
    addLinear(parts, "mlp_head.4", m_hidden, start.columns, random);
    return parts;
  }

 protected:
  at::Tensor forward(const std::vector<at::Tensor>& parts) const override {
    const auto layer = [&](const at::Tensor& in, std::size_t first) { return at::linear(in, parts[first], parts[first + 1].view({-1})); };
    return layer(at::relu(layer(at::relu(layer(parts[0], 1)), 3)), 5);
  }

 private:
  std::int64_t m_hidden;
};

}  // namespace

RowNetworkPointer makeMlp(std::int64_t hidden) { return std::make_unique<Mlp>(hidden); }

}  // namespace incipit
