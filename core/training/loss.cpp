#include "core/training/loss.h"

#include "core/model/frozen_model.h"
#include "core/model/kernels/cross_entropy_kernel.h"
#include "core/model/to_device.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <numeric>

namespace incipit {
namespace {

// Rows a chunk: 4 million logits, 16 MB, in chunks of equal size.
std::int64_t rowsPerChunk(const FrozenModel& model, std::int64_t rows) {
  const std::int64_t most = std::clamp<std::int64_t>((1 << 22) / model.card().vocabularySize, 64, 4096);
  const std::int64_t chunks = std::max<std::int64_t>(1, (rows + most - 1) / most);
  return (rows + chunks - 1) / chunks;
}

template <class Visit>
void inChunks(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets, Visit visit) {
  const std::int64_t rows = hidden.size(0), chunk = rowsPerChunk(model, rows);
  for (std::int64_t first = 0; first < rows; first += chunk) {
    const std::int64_t count = std::min(chunk, rows - first);
    visit(first, hidden.narrow(0, first, count),
          std::span(targets).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  }
}

// The loss of every row of logits [c, V]; gradient [c, V], where defined, becomes weight * d loss / d logits. It may be `logits` itself.
std::vector<float> rowLosses(const at::Tensor& logits, std::span<const std::int64_t> targets, double weight, const at::Tensor& gradient) {
  const std::int64_t vocabulary = logits.size(1);
  std::vector<float> losses(targets.size());
  const float* from = logits.data_ptr<float>();
  float* to = gradient.defined() ? gradient.data_ptr<float>() : nullptr;
  at::parallel_for(0, logits.size(0), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row)
      losses[static_cast<std::size_t>(row)] =
          kernels::crossEntropy(from + row * vocabulary, vocabulary, targets[static_cast<std::size_t>(row)], static_cast<float>(weight),
                                to == nullptr ? nullptr : to + row * vocabulary);
  });
  return losses;
}

at::Tensor tensorOf(std::span<const std::int64_t> targets, const at::Tensor& like) {
  return toDevice(at::tensor(at::ArrayRef<std::int64_t>(targets.data(), targets.size()), at::kLong), like.device());
}

// One chunk: its summed loss [] fp64, and in leaf.grad() the gradient.
at::Tensor chunkLoss(const at::Tensor& logits, std::span<const std::int64_t> targets, double weight, bool withGradient) {
  if (!logits.is_cpu()) {
    const at::Tensor sum = at::cross_entropy_loss(logits, tensorOf(targets, logits), {}, at::Reduction::Sum);
    if (withGradient) (sum * weight).backward();
    return sum.detach().to(at::kDouble);
  }
  const at::Tensor values = logits.detach().contiguous();
  const std::vector<float> losses = rowLosses(values, targets, weight, withGradient ? values : at::Tensor());
  if (withGradient) logits.backward(values);
  return at::scalar_tensor(std::accumulate(losses.begin(), losses.end(), 0.0), at::kDouble);
}

}  // namespace

LossAndGradient crossEntropy(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets, double weight,
                             bool withGradient) {
  LossAndGradient result;
  const at::Tensor fixed = hidden.detach();
  result.sum = at::zeros({}, fixed.options().dtype(at::kDouble));
  if (withGradient) result.gradient = at::empty_like(fixed);
  inChunks(model, fixed, targets, [&](std::int64_t first, const at::Tensor& rows, std::span<const std::int64_t> wanted) {
    const at::AutoGradMode mode(withGradient);
    at::Tensor leaf = rows.detach();
    leaf.requires_grad_(withGradient);
    const at::Tensor sum = chunkLoss(model.logits(leaf), wanted, weight, withGradient);
    const at::NoGradGuard noGrad;
    result.sum += sum;
    if (withGradient) result.gradient.narrow(0, first, rows.size(0)).copy_(leaf.grad());
  });
  return result;
}

at::Tensor logitsOfTexts(const FrozenModel& model, Pooling pooling, const std::vector<at::Tensor>& parts, const TrainingBatch& batch,
                         const at::Tensor& hidden) {
  return classLogits(model.card().head, parts, pooledStates(model, pooling, hidden, batch.pooled));
}

LossAndGradient classCrossEntropy(const FrozenModel& model, Pooling pooling, const std::vector<at::Tensor>& parts,
                                  const TrainingBatch& batch, const at::Tensor& hidden, double weight, bool withGradient) {
  const at::AutoGradMode mode(withGradient);
  at::Tensor leaf = hidden.detach();
  leaf.requires_grad_(withGradient);
  const at::Tensor logits = logitsOfTexts(model, pooling, parts, batch, leaf);  // [B, L]
  const at::Tensor sum = at::cross_entropy_loss(logits, tensorOf(batch.targets, logits), {}, at::Reduction::Sum);
  LossAndGradient result{sum.detach().to(at::kDouble), {}};
  if (!withGradient) return result;
  (sum * weight).backward();
  result.gradient = leaf.grad();
  return result;
}

std::vector<double> logProbabilities(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets) {
  const at::NoGradGuard noGrad;
  std::vector<at::Tensor> losses;  // [c] fp32 each
  inChunks(model, hidden, targets, [&](std::int64_t, const at::Tensor& rows, std::span<const std::int64_t> wanted) {
    const at::Tensor logits = model.logits(rows).contiguous();
    losses.push_back(logits.is_cpu() ? at::tensor(rowLosses(logits, wanted, 0, {}), at::kFloat)
                                     : at::cross_entropy_loss(logits, tensorOf(wanted, logits), {}, at::Reduction::None));
  });
  std::vector<double> all;
  all.reserve(targets.size());
  for (const at::Tensor& chunk : losses) {
    const at::Tensor host = chunk.to(at::kCPU);
    for (std::int64_t row = 0; row < host.size(0); ++row)
      all.push_back(-static_cast<double>(host.data_ptr<float>()[row]));
  }
  return all;
}

}  // namespace incipit
