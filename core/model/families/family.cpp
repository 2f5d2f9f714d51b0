#include "core/model/families/family.h"

#include "core/support/error.h"
#include "core/support/files.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/tensor.h>

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

at::Tensor FamilyModel::logits(const at::Tensor& hidden) const { return denseToFloat(hidden, m_head); }

void FamilyModel::checkDepth(const Forest& forest) const {
  if (forest.depth() > card().contextLength)
    throw ModelError("The model '" + card().name + "' has a context of " + std::to_string(card().contextLength) + " tokens, but " +
                         std::to_string(forest.depth()) + " are asked of it.",
                     "Use fewer virtual tokens or a shorter text.");
}

FamilyModel::PassTensors FamilyModel::prepare(const Pass& pass) const {
  checkDepth(pass.forest);
  PassTensors tensors;
  tensors.plan = std::make_shared<AttentionPlan>(planAttention(pass.forest, pass.firstRow));
  tensors.lastPlan = tensors.plan;
  tensors.positions = at::tensor(pass.forest.positions(pass.firstRow), at::kLong).to(at::Device(m_numerics.device));
  if (pass.scored != nullptr) {
    tensors.lastPlan = std::make_shared<AttentionPlan>(planAttention(pass.forest, pass.firstRow, pass.scored));
    tensors.scored = (at::tensor(*pass.scored, at::kLong) - pass.firstRow).to(at::Device(m_numerics.device));
  }
  return tensors;
}

at::Tensor FamilyModel::onlyScored(const at::Tensor& x, const PassTensors& tensors) {
  return tensors.scored.defined() ? x.index_select(0, tensors.scored) : x;
}

}  // namespace incipit
