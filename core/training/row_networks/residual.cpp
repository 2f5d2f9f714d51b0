// Residual prompt tuning (Razdaibiedina et al. 2023): rows + LayerNorm(up ReLU(down rows)), one network for all rows.
#include "core/training/row_networks/row_network.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>

namespace incipit {
namespace {

class Residual : public RowNetwork {
 public:
  explicit Residual(std::int64_t bottleneck) : m_bottleneck(bottleneck) {}

  NetworkParts fresh(const Matrix& start, Random& random) const override {
    NetworkParts parts{{"embedding.weight", start, true}};
    addLinear(parts, "down", start.columns, m_bottleneck, random);
    addLinear(parts, "up", m_bottleneck, start.columns, random);
    Matrix scale(1, start.columns);
    scale.values.assign(scale.values.size(), 1.0F);
    parts.push_back({"norm.weight", scale});
    parts.push_back({"norm.bias", Matrix(1, start.columns)});
    return parts;
  }

 protected:
  at::Tensor forward(const std::vector<at::Tensor>& parts) const override {
    const auto layer = [&](const at::Tensor& in, std::size_t first) { return at::linear(in, parts[first], parts[first + 1].view({-1})); };
    const at::Tensor change = layer(at::relu(layer(parts[0], 1)), 3);
    return parts[0] + at::layer_norm(change, {change.size(1)}, parts[5].view({-1}), parts[6].view({-1}));
  }

 private:
  std::int64_t m_bottleneck;
};

}  // namespace

RowNetworkPointer makeResidual(std::int64_t bottleneck) { return std::make_unique<Residual>(bottleneck); }

}  // namespace incipit
