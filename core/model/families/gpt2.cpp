// GPT-2: layer norm before each half of a block, learned positions, one fused query/key/value projection, weights stored transposed.
#include "core/model/families/family.h"

#include "core/support/error.h"

#include <ATen/ops/embedding.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

struct Layer {
  at::Tensor norm1Weight, norm1Bias;  // [H]
  Linear qkv;                         // H -> 3H
  Linear query, keyValue;             // its two parts: in the last layer fewer rows ask than answer
  Linear out;                         // H -> H
  at::Tensor norm2Weight, norm2Bias;  // [H]
  Linear up, down;                    // H -> I, I -> H
  AttentionHeads heads;               // the scale may depend on the layer
};

// Columns [first, first + count) of a layer's outputs.
Linear outputs(const Linear& layer, std::int64_t first, std::int64_t count) {
  return {layer.weight.narrow(1, first, count), layer.bias.narrow(0, first, count), true};
}

class Gpt2 final : public FamilyModel {
 public:
  Gpt2(ModelCard modelCard, const Weights& weights, const Numerics& numerics) : FamilyModel(std::move(modelCard), weights, numerics) {
    const Json& config = *card().config;
    const std::int64_t h = card().hiddenSize, i = card().intermediateSize;
    if (config.value("add_cross_attention", false))
      throw ModelError("'" + card().name + "' is a GPT-2 with cross-attention, which is not supported.", "Open a decoder-only model.");
    m_epsilon = config.value("layer_norm_epsilon", 1e-5);
    m_activation = activationFrom(config.value("activation_function", std::string("gelu_new")));
    const bool scaled = config.value("scale_attn_weights", true), byLayer = config.value("scale_attn_by_inverse_layer_idx", false);

    m_embedding = weights.get("wte.weight", {card().vocabularySize, h}, numerics);
    m_head = card().tiedEmbeddings ? m_embedding : weights.get("lm_head.weight", {card().vocabularySize, h}, numerics);
    m_positions = weights.get("wpe.weight", {card().contextLength, h}, numerics);
    m_normWeight = weights.get("ln_f.weight", {h}, numerics);
    m_normBias = weights.get("ln_f.bias", {h}, numerics);
    for (std::int64_t layer = 0; layer < card().layers; ++layer) {
      const std::string at = "h." + std::to_string(layer) + ".";
      const double scale =
          (scaled ? 1 / std::sqrt(static_cast<double>(card().headSize)) : 1.0) / (byLayer ? static_cast<double>(layer + 1) : 1.0);
      const Linear qkv = weights.transposedLinear(at + "attn.c_attn", 3 * h, h, true, numerics);
      m_layers.push_back({
          weights.get(at + "ln_1.weight", {h}, numerics),
          weights.get(at + "ln_1.bias", {h}, numerics),
          qkv,
          outputs(qkv, 0, h),
          outputs(qkv, h, 2 * h),
          weights.transposedLinear(at + "attn.c_proj", h, h, true, numerics),
          weights.get(at + "ln_2.weight", {h}, numerics),
          weights.get(at + "ln_2.bias", {h}, numerics),
          weights.transposedLinear(at + "mlp.c_fc", i, h, true, numerics),
          weights.transposedLinear(at + "mlp.c_proj", h, i, true, numerics),
          AttentionHeads{card().heads, card().heads, card().headSize, scale},
      });
    }
  }

  at::Tensor forward(const at::Tensor& rows, const Pass& pass) const override {
    const PassTensors tensors = prepare(pass);
    at::Tensor x = rows + at::embedding(m_positions, tensors.positions);  // [R, H]
    for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
      const bool last = layer + 1 == m_layers.size();
      x = block(m_layers[layer], layer, x, tensors, last, pass.cache);
    }
    return layerNorm(x, m_normWeight, m_normBias, m_epsilon);  // [S, H]
  }

 private:
  at::Tensor block(const Layer& layer, std::size_t index, const at::Tensor& x, const PassTensors& tensors, bool last,
                   KeyValueCache* cache) const {
    const std::int64_t h = card().hiddenSize;
    const at::Tensor normed = layerNorm(x, layer.norm1Weight, layer.norm1Bias, m_epsilon);
    at::Tensor q, k, v;
    if (last && tensors.scored.defined()) {
      // In the last layer only the scored rows ask: keys and values of all rows, queries of those.
      const at::Tensor kv = dense(normed, layer.keyValue);  // [R, 2H]
      q = dense(onlyScored(normed, tensors), layer.query);  // [S, H]
      k = kv.narrow(1, 0, h), v = kv.narrow(1, h, h);
    } else {
      const auto parts = dense(normed, layer.qkv).split(h, 1);  // [R, 3H]
      q = parts[0], k = parts[1], v = parts[2];
    }
    if (cache != nullptr) std::tie(k, v) = cache->append(index, k, v);

    const at::Tensor mixed = attention(q, k, v, last ? tensors.lastPlan : tensors.plan, layer.heads);  // [S, H]
    const at::Tensor attended = (last ? onlyScored(x, tensors) : x) + dense(mixed, layer.out);         // [S, H]
    const at::Tensor y = layerNorm(attended, layer.norm2Weight, layer.norm2Bias, m_epsilon);
    const at::Tensor inner = activate(m_activation, dense(y, layer.up));  // [S, I]
    return attended + dense(inner, layer.down);                           // [S, H]
  }

  double m_epsilon;
  Activation m_activation;
  at::Tensor m_positions;               // [context, H]
  at::Tensor m_normWeight, m_normBias;  // [H]
  std::vector<Layer> m_layers;
};

}  // namespace

std::shared_ptr<const FrozenModel> makeGpt2(ModelCard card, const Weights& weights, const Numerics& numerics) {
  return std::make_shared<Gpt2>(std::move(card), weights, numerics);
}

}  // namespace incipit
