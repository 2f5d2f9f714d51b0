// What a family brings: one file each, read top to bottom, and one line in the list of open_model.cpp.
#pragma once

#include "core/model/attention/key_value_cache.h"
#include "core/model/frozen_model.h"
#include "core/model/layers/layers.h"
#include "core/model/positions/rotary.h"
#include "core/model/weights/weights.h"

#include <ATen/TensorOperators.h>
#include <memory>
#include <mutex>
#include <optional>

namespace incipit {

// Opens the family's model from its card and weights; throws ModelError for a configuration it does not implement.
using MakeModel = std::shared_ptr<const FrozenModel> (*)(ModelCard card, const Weights& weights, const Numerics& numerics);

std::shared_ptr<const FrozenModel> makeGpt2(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeLlama(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeMistral(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeQwen2(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeQwen3(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGemma(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGemma2(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makePhi(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makePhi3(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeStableLm(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGptNeoX(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGptJ(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGptNeo(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeOpt(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeBloom(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeFalcon(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeGptBigCode(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeBert(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeRoberta(ModelCard card, const Weights& weights, const Numerics& numerics);
std::shared_ptr<const FrozenModel> makeT5(ModelCard card, const Weights& weights, const Numerics& numerics);

// What every family's model holds: the frozen weights and how they are computed with.
class FamilyModel : public FrozenModel {
 public:
  std::string fingerprint() const override;
  void checkWhole() const override { m_weights.checkWhole(); }
  std::vector<std::pair<std::string, at::Tensor>> weights() const override;
  ClassHead head() const override;
  at::Tensor inputEmbedding() const override { return m_embedding; }
  at::Tensor outputEmbedding() const override { return m_head.weight; }
  at::Tensor embed(const at::Tensor& ids) const override;
  at::Tensor logits(const at::Tensor& hidden) const override;

 protected:
  FamilyModel(ModelCard card, const Weights& weights, const Numerics& numerics);

  // The tensors of one pass that every layer uses.
  struct PassTensors {
    std::shared_ptr<const AttentionPlan> plan;      // all rows as queries
    std::shared_ptr<const AttentionPlan> lastPlan;  // only the scored rows: the last layer
    at::Tensor positions;                           // [R] int64
    Turning turning;                                // of models with rotary positions
    at::Tensor scored;                              // indices into the pass's rows; undefined: all of them
    std::shared_ptr<const RowRanges> learning;      // Pass::learning
  };
  // Throws ModelError when the forest is deeper than the context.
  void checkDepth(const Forest& forest) const;
  PassTensors prepare(const Pass& pass) const;
  PassTensors prepareBothWays(const Pass& pass) const;  // an encoder alone: every row sees its whole text
  PassTensors prepared(const Pass& pass, AttentionPlan all, std::optional<AttentionPlan> scored) const;
  // The plan, with what the model's device needs of it.
  std::shared_ptr<const AttentionPlan> planned(AttentionPlan plan) const;
  // Rows of x that the last layer still needs: the scored ones.
  static at::Tensor onlyScored(const at::Tensor& x, const PassTensors& tensors);

  Numerics m_numerics;
  at::Tensor m_embedding;  // [V, H], as stored
  Linear m_head;           // H -> V; over the same tensor when tied

 private:
  Weights m_weights;
  mutable std::once_flag m_fingerprintOnce;  // taken when first asked for: opening touches no page it need not
  mutable std::string m_fingerprint;
};

}  // namespace incipit
