#include "core/training/row_networks/row_network.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

at::Tensor tensorOf(const Matrix& matrix) {
  at::Tensor tensor = at::empty({matrix.rows, matrix.columns}, at::kFloat);
  std::copy(matrix.values.begin(), matrix.values.end(), tensor.data_ptr<float>());
  return tensor;
}

Matrix matrixOf(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.contiguous();
  Matrix matrix(whole.size(0), whole.size(1));
  std::copy_n(whole.data_ptr<float>(), matrix.values.size(), matrix.values.begin());
  return matrix;
}

std::vector<at::Tensor> tensorsOf(const NetworkParts& parts, bool learning) {
  std::vector<at::Tensor> tensors;
  for (const NetworkPart& part : parts)
    tensors.push_back(tensorOf(part.values).requires_grad_(learning));
  return tensors;
}

}  // namespace

Matrix RowNetwork::rowsOf(const NetworkParts& parts) const {
  const at::NoGradGuard noGrad;
  return matrixOf(forward(tensorsOf(parts, false)));
}

std::vector<Matrix> RowNetwork::gradients(const NetworkParts& parts, const Matrix& ofRows) const {
  const at::AutoGradMode learning(true);
  const std::vector<at::Tensor> leaves = tensorsOf(parts, true);
  forward(leaves).backward(tensorOf(ofRows));
  std::vector<Matrix> gradients;
  for (const at::Tensor& leaf : leaves)
    gradients.push_back(matrixOf(leaf.grad().defined() ? leaf.grad() : at::zeros_like(leaf)));
  return gradients;
}

RowNetworkPointer makeRowNetwork(const TrainingPlan& plan, std::int64_t width) {
  const std::int64_t size = plan.encoderHiddenSize > 0 ? plan.encoderHiddenSize : usualNetworkSize(plan.reparametrization, width);
  switch (plan.reparametrization) {
  case Reparametrization::Mlp:
    return makeMlp(size);
  case Reparametrization::Lstm:
    return makeLstm(size);
  case Reparametrization::Residual:
    return makeResidual(size);
  case Reparametrization::LowRank:
    return makeLowRank(size);
  default:
    return nullptr;
  }
}

std::int64_t usualNetworkSize(Reparametrization method, std::int64_t width) {
  switch (method) {
  case Reparametrization::Residual:
    return 800;  // Razdaibiedina et al. 2023
  case Reparametrization::LowRank:
    return 8;
  default:
    return width;  // as PEFT
  }
}

Matrix uniformMatrix(std::int64_t rows, std::int64_t columns, double bound, Random& random) {
  Matrix matrix(rows, columns);
  for (float& value : matrix.values)
    value = static_cast<float>(bound * (2 * random.uniform() - 1));
  return matrix;
}

void addLinear(NetworkParts& parts, const std::string& name, std::int64_t in, std::int64_t out, Random& random) {
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  parts.push_back({name + ".weight", uniformMatrix(out, in, bound, random)});
  parts.push_back({name + ".bias", uniformMatrix(1, out, bound, random)});
}

}  // namespace incipit
