#include "core/model/families/family.h"

#include "core/support/error.h"

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

at::Tensor FamilyModel::embed(const at::Tensor& ids) const { return at::embedding(m_embedding, ids); }

at::Tensor FamilyModel::logits(const at::Tensor& hidden) const { return dense(hidden, {m_head, {}}); }

FamilyModel::PassTensors FamilyModel::prepare(const Pass& pass) const {
  if (pass.forest.depth() > card().contextLength)
    throw ModelError("The model '" + card().name + "' has a context of " + std::to_string(card().contextLength) + " tokens, but " +
                         std::to_string(pass.forest.depth()) + " are asked of it.",
                     "Use fewer virtual tokens or a shorter text.");
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
