// Llama 1, 2, 3 and all that share its layout (SmolLM, TinyLlama ...): RMS norm, rotary positions, grouped key/value heads, gated MLP.
#include "core/model/families/family.h"

#include "core/support/error.h"

#include <ATen/ops/mul.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

struct Layer {
  at::Tensor inputNorm;                            // [H]
  at::Tensor queryWeight, keyWeight, valueWeight;  // [n*d, H], [kv*d, H], [kv*d, H]
  at::Tensor queryBias, keyBias, valueBias;        // attention_bias
  at::Tensor outWeight, outBias;                   // [H, n*d]
  at::Tensor mlpNorm;                              // [H]
  at::Tensor gateWeight, upWeight, downWeight;     // [I, H], [I, H], [H, I]
  at::Tensor gateBias, upBias, downBias;           // mlp_bias
};

class Llama final : public FamilyModel {
 public:
  Llama(ModelCard modelCard, const Weights& weights, const Numerics& numerics) : FamilyModel(std::move(modelCard), weights, numerics) {
    const Json& config = *card().config;
    const std::int64_t h = card().hiddenSize, i = card().intermediateSize, q = card().heads * card().headSize,
                       kv = card().keyValueHeads * card().headSize;
    const bool attentionBias = config.value("attention_bias", false), mlpBias = config.value("mlp_bias", false);
    m_epsilon = config.value("rms_norm_eps", 1e-6);
    m_activation = activationFrom(config.value("hidden_act", std::string("silu")));
    m_heads = {card().heads, card().keyValueHeads, card().headSize, 1 / std::sqrt(static_cast<double>(card().headSize))};
    m_rotary = rotaryTable(card(), card().headSize, numerics.device);

    m_embedding = weights.get("embed_tokens.weight", {card().vocabularySize, h}, numerics);
    m_head = card().tiedEmbeddings ? m_embedding : weights.get("lm_head.weight", {card().vocabularySize, h}, numerics);
    m_norm = weights.get("norm.weight", {h}, numerics);
    for (std::int64_t layer = 0; layer < card().layers; ++layer) {
      const std::string at = "layers." + std::to_string(layer) + ".";
      m_layers.push_back({
          weights.get(at + "input_layernorm.weight", {h}, numerics),
          weights.get(at + "self_attn.q_proj.weight", {q, h}, numerics),
          weights.get(at + "self_attn.k_proj.weight", {kv, h}, numerics),
          weights.get(at + "self_attn.v_proj.weight", {kv, h}, numerics),
          weights.optional(attentionBias, at + "self_attn.q_proj.bias", {q}, numerics),
          weights.optional(attentionBias, at + "self_attn.k_proj.bias", {kv}, numerics),
          weights.optional(attentionBias, at + "self_attn.v_proj.bias", {kv}, numerics),
          weights.get(at + "self_attn.o_proj.weight", {h, q}, numerics),
          weights.optional(attentionBias, at + "self_attn.o_proj.bias", {h}, numerics),
          weights.get(at + "post_attention_layernorm.weight", {h}, numerics),
          weights.get(at + "mlp.gate_proj.weight", {i, h}, numerics),
          weights.get(at + "mlp.up_proj.weight", {i, h}, numerics),
          weights.get(at + "mlp.down_proj.weight", {h, i}, numerics),
          weights.optional(mlpBias, at + "mlp.gate_proj.bias", {i}, numerics),
          weights.optional(mlpBias, at + "mlp.up_proj.bias", {i}, numerics),
          weights.optional(mlpBias, at + "mlp.down_proj.bias", {h}, numerics),
      });
    }
  }

  at::Tensor forward(const at::Tensor& rows, const Pass& pass) const override {
    const PassTensors tensors = prepare(pass);
    at::Tensor x = rows;  // [R, H]
    for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
      const bool last = layer + 1 == m_layers.size();
      x = block(m_layers[layer], layer, x, tensors, last, pass.cache);
    }
    return rmsNorm(x, m_norm, m_epsilon);  // [S, H]
  }

 private:
  at::Tensor block(const Layer& layer, std::size_t index, const at::Tensor& x, const PassTensors& tensors, bool last,
                   KeyValueCache* cache) const {
    const at::Tensor normed = rmsNorm(x, layer.inputNorm, m_epsilon);  // [R, H]
    at::Tensor k = dense(normed, layer.keyWeight, layer.keyBias);      // [R, kv*d]
    at::Tensor v = dense(normed, layer.valueWeight, layer.valueBias);  // [R, kv*d]
    k = rotate(k, tensors.positions, m_rotary, m_heads.keyValueHeads);
    if (cache != nullptr) std::tie(k, v) = cache->append(index, k, v);

    // In the last layer only the scored rows go on: nobody attends to the others any more.
    const at::Tensor asking = last ? onlyScored(normed, tensors) : normed;  // [S, H]
    at::Tensor q = dense(asking, layer.queryWeight, layer.queryBias);       // [S, n*d]
    q = rotate(q, last ? onlyScored(tensors.positions, tensors) : tensors.positions, m_rotary, m_heads.heads);
    const at::Tensor mixed = attention(q, k, v, last ? tensors.lastPlan : tensors.plan, m_heads);                    // [S, n*d]
    const at::Tensor attended = (last ? onlyScored(x, tensors) : x) + dense(mixed, layer.outWeight, layer.outBias);  // [S, H]

    const at::Tensor y = rmsNorm(attended, layer.mlpNorm, m_epsilon);
    const at::Tensor gate = activate(m_activation, dense(y, layer.gateWeight, layer.gateBias));                // [S, I]
    return attended + dense(gate * dense(y, layer.upWeight, layer.upBias), layer.downWeight, layer.downBias);  // [S, H]
  }

  double m_epsilon;
  Activation m_activation;
  AttentionHeads m_heads;
  RotaryTable m_rotary;
  at::Tensor m_norm;  // [H]
  std::vector<Layer> m_layers;
};

}  // namespace

std::shared_ptr<const FrozenModel> makeLlama(ModelCard card, const Weights& weights, const Numerics& numerics) {
  return std::make_shared<Llama>(std::move(card), weights, numerics);
}

}  // namespace incipit
