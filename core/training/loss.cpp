#include "core/training/loss.h"

#include "core/model/frozen_model.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/tensor.h>
#include <algorithm>

namespace incipit {
namespace {

// Rows a chunk: 16 million logits, 64 MB in fp32.
std::int64_t rowsPerChunk(const FrozenModel& model) { return std::clamp<std::int64_t>((1 << 24) / model.card().vocabularySize, 16, 4096); }

template <class Visit>
void inChunks(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets, Visit visit) {
  const at::Tensor all = at::tensor(targets, at::kLong).to(hidden.device());
  const std::int64_t rows = hidden.size(0), chunk = rowsPerChunk(model);
  for (std::int64_t first = 0; first < rows; first += chunk) {
    const std::int64_t count = std::min(chunk, rows - first);
    visit(first, hidden.narrow(0, first, count), all.narrow(0, first, count));
  }
}

}  // namespace

LossAndGradient crossEntropy(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets, double weight,
                             bool withGradient) {
  LossAndGradient result;
  const at::Tensor fixed = hidden.detach();
  if (withGradient) result.gradient = at::empty_like(fixed);
  inChunks(model, fixed, targets, [&](std::int64_t first, const at::Tensor& rows, const at::Tensor& wanted) {
    const at::AutoGradMode mode(withGradient);
    at::Tensor leaf = rows.detach();
    leaf.requires_grad_(withGradient);
    const at::Tensor sum = at::cross_entropy_loss(model.logits(leaf).to(at::kFloat), wanted, {}, at::Reduction::Sum);
    if (withGradient) {
      (sum * weight).backward();
      const at::NoGradGuard noGrad;
      result.gradient.narrow(0, first, rows.size(0)).copy_(leaf.grad());
    }
    result.sum += sum.item<double>();
  });
  return result;
}

std::vector<double> logProbabilities(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets) {
  const at::NoGradGuard noGrad;
  std::vector<double> all;
  all.reserve(targets.size());
  inChunks(model, hidden, targets, [&](std::int64_t, const at::Tensor& rows, const at::Tensor& wanted) {
    const at::Tensor losses =
        at::cross_entropy_loss(model.logits(rows).to(at::kFloat), wanted, {}, at::Reduction::None).to(at::kCPU).contiguous();
    const float* values = losses.data_ptr<float>();
    for (std::int64_t i = 0; i < losses.numel(); ++i)
      all.push_back(-static_cast<double>(values[i]));
  });
  return all;
}

}  // namespace incipit
