#include "core/model/families/family.h"

#include "core/support/error.h"
#include "core/support/files.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/tensor.h>
#include <algorithm>

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
  const at::Tensor rows = at::embedding(m_embedding, ids).to(precision() == Precision::Bf16 ? at::kBFloat16 : at::kFloat);
  // The system maps 64 KB around every row that is read; over some hundred steps that would be the whole table.
  if (at::GradMode::is_enabled() && m_embedding.is_cpu() && !m_embedding.requires_grad())
    forgetMappedPages({static_cast<const std::byte*>(m_embedding.data_ptr()), m_embedding.nbytes()});
  return rows;
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
    throw ModelError("The model '" + card().name + "' has a context of " + std::to_string(card().contextLength) + " tokens, but " +
                         std::to_string(forest.depth()) + " are asked of it.",
                     "Use fewer virtual tokens or a shorter text.");
}

FamilyModel::PassTensors FamilyModel::prepared(const Pass& pass, AttentionPlan all, std::optional<AttentionPlan> scored) const {
  PassTensors tensors;
  tensors.plan = std::make_shared<AttentionPlan>(std::move(all));
  tensors.lastPlan = tensors.plan;
  tensors.positions = at::tensor(pass.forest.positions(pass.firstRow), at::kLong).to(at::Device(m_numerics.device));
  if (scored) {
    tensors.lastPlan = std::make_shared<AttentionPlan>(std::move(*scored));
    tensors.scored = (at::tensor(*pass.scored, at::kLong) - pass.firstRow).to(at::Device(m_numerics.device));
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

at::Tensor FamilyModel::onlyScored(const at::Tensor& x, const PassTensors& tensors) {
  return tensors.scored.defined() ? x.index_select(0, tensors.scored) : x;
}

}  // namespace incipit
