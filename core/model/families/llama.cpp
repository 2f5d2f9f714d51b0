// Llama 1, 2, 3 and all that share its layout (SmolLM, TinyLlama ...): RMS norm, rotary positions, grouped key/value heads, gated MLP.
#include "core/model/families/family.h"

#include "core/support/error.h"

#include <ATen/ops/mul.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

struct Layer {
  at::Tensor inputNorm;      // [H]
  Linear query, key, value;  // H -> n*d, kv*d, kv*d
  Linear out;                // n*d -> H
  at::Tensor mlpNorm;        // [H]
  Linear gate, up, down;     // H -> I, H -> I, I -> H
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
          weights.linear(at + "self_attn.q_proj", q, h, attentionBias, numerics),
          weights.linear(at + "self_attn.k_proj", kv, h, attentionBias, numerics),
          weights.linear(at + "self_attn.v_proj", kv, h, attentionBias, numerics),
          weights.linear(at + "self_attn.o_proj", h, q, attentionBias, numerics),
          weights.get(at + "post_attention_layernorm.weight", {h}, numerics),
          weights.linear(at + "mlp.gate_proj", i, h, mlpBias, numerics),
          weights.linear(at + "mlp.up_proj", i, h, mlpBias, numerics),
          weights.linear(at + "mlp.down_proj", h, i, mlpBias, numerics),
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
    at::Tensor k = dense(normed, layer.key);                           // [R, kv*d]
    at::Tensor v = dense(normed, layer.value);                         // [R, kv*d]
    k = rotate(k, tensors.positions, m_rotary, m_heads.keyValueHeads);
    if (cache != nullptr) std::tie(k, v) = cache->append(index, k, v);

    // In the last layer only the scored rows go on: nobody attends to the others any more.
    const at::Tensor asking = last ? onlyScored(normed, tensors) : normed;  // [S, H]
    at::Tensor q = dense(asking, layer.query);                              // [S, n*d]
    q = rotate(q, last ? onlyScored(tensors.positions, tensors) : tensors.positions, m_rotary, m_heads.heads);
    const at::Tensor mixed = attention(q, k, v, last ? tensors.lastPlan : tensors.plan, m_heads);  // [S, n*d]
    const at::Tensor attended = (last ? onlyScored(x, tensors) : x) + dense(mixed, layer.out);     // [S, H]

    const at::Tensor y = rmsNorm(attended, layer.mlpNorm, m_epsilon);
    const at::Tensor gate = activate(m_activation, dense(y, layer.gate));  // [S, I]
    return attended + dense(gate * dense(y, layer.up), layer.down);        // [S, H]
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
