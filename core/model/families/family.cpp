#include "core/model/families/family.h"

#include "core/model/attention/batched_plan.h"
#include "core/model/to_device.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/support/mapped_file.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <span>

namespace incipit {

FamilyModel::FamilyModel(ModelCard card, const Weights& weights, const Numerics& numerics)
    : FrozenModel(std::move(card), numerics.precision, numerics.device), m_numerics(numerics), m_weights(weights) {}

std::string FamilyModel::fingerprint() const {
  std::call_once(m_fingerprintOnce, [this] { m_fingerprint = m_weights.fingerprint(); });
  return m_fingerprint;
}

std::vector<std::pair<std::string, at::Tensor>> FamilyModel::weights() const {
  return {m_weights.stored().begin(), m_weights.stored().end()};
}

at::Tensor FamilyModel::embed(const at::Tensor& ids) const {
  const auto type = precision() == Precision::Bf16 ? at::kBFloat16 : at::kFloat;
  if (!m_embedding.is_cpu() || m_embedding.requires_grad() || !m_embedding.is_contiguous())
    return times(at::embedding(m_embedding, ids).to(type), card().embeddingScale);
  at::Tensor rows = at::empty({ids.numel(), m_embedding.size(1)}, m_embedding.options());
  const std::size_t width = static_cast<std::size_t>(rows.size(1)) * rows.itemsize();
  const auto* table = static_cast<const std::byte*>(m_embedding.data_ptr());
  auto* to = static_cast<std::byte*>(rows.data_ptr());
  const at::Tensor plain = ids.contiguous();
  for (const std::int64_t id : std::span(plain.data_ptr<std::int64_t>(), static_cast<std::size_t>(plain.numel()))) {
    if (id < 0 || id >= m_embedding.size(0))
      throw ModelError("The model '" + card().name + "' has no token " + std::to_string(id) + ": its vocabulary ends at " +
                           std::to_string(m_embedding.size(0) - 1) + ".",
                       "Use the tokenizer that belongs to the model.");
    copyFromMapping({table + static_cast<std::size_t>(id) * width, width}, to);
    to += width;
  }
  return times(rows.to(type), card().embeddingScale);
}

ClassHead FamilyModel::head() const {
  if (card().labels.empty()) return {};
  ClassHead head = blankHead(card().head, card().hiddenSize, static_cast<std::int64_t>(card().labels.size()));
  for (HeadPart& part : head) {
    const at::Tensor stored = m_weights.get(part.name, part.shape(), {Precision::Fp32, m_numerics.device});
    if (stored.is_meta()) continue;  // only names and shapes are looked at
    const at::Tensor values = stored.cpu();
    std::copy_n(values.data_ptr<float>(), part.values.values.size(), part.values.values.begin());
  }
  return head;
}

at::Tensor FamilyModel::logits(const at::Tensor& hidden) const { return denseToFloat(hidden, m_head); }

void FamilyModel::checkDepth(const Forest& forest) const {
  if (forest.depth() > card().contextLength)
    throw ModelError("The model '" + card().name + "' has a context of " + counted(card().contextLength, "token") + ", but " +
                         withSeparators(forest.depth()) + " are asked of it.",
                     "Use fewer virtual tokens or a shorter text.");
}

FamilyModel::PassTensors FamilyModel::prepared(const Pass& pass, AttentionPlan all, std::optional<AttentionPlan> scored) const {
  const at::Device device(m_numerics.device);
  PassTensors tensors;
  tensors.plan = planned(std::move(all));
  tensors.lastPlan = tensors.plan;
  tensors.positions = toDevice(at::tensor(pass.forest.positions(pass.firstRow), at::kLong), device);
  if (pass.learning != nullptr) tensors.learning = std::make_shared<const RowRanges>(*pass.learning);
  if (scored) {
    tensors.lastPlan = planned(std::move(*scored));
    tensors.scored = toDevice(at::tensor(*pass.scored, at::kLong) - pass.firstRow, device);
  }
  return tensors;
}

FamilyModel::PassTensors FamilyModel::prepare(const Pass& pass) const {
  checkDepth(pass.forest);
  std::optional<AttentionPlan> scored;
  if (pass.scored != nullptr) scored = planAttention(pass.forest, pass.firstRow, pass.scored);
  return prepared(pass, planAttention(pass.forest, pass.firstRow), std::move(scored));
}

FamilyModel::PassTensors FamilyModel::prepareBothWays(const Pass& pass) const {
  checkDepth(pass.forest);
  std::optional<AttentionPlan> scored;
  if (pass.scored != nullptr) scored = planBothWays(pass.forest, pass.scored);
  return prepared(pass, planBothWays(pass.forest), std::move(scored));
}

std::shared_ptr<const AttentionPlan> FamilyModel::planned(AttentionPlan plan) const {
  const at::Device device(m_numerics.device);
  if (!device.is_cpu()) plan.batched = std::make_shared<const BatchedPlan>(plan, device);
  return std::make_shared<const AttentionPlan>(std::move(plan));
}

at::Tensor FamilyModel::onlyScored(const at::Tensor& x, const PassTensors& tensors) {
  return tensors.scored.defined() ? x.index_select(0, tensors.scored) : x;
}

}  // namespace incipit
