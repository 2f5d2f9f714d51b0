// Phi-3, 3.5 and 4: Llama's blocks with queries, keys and values in one weight, gate and up in another. Their long-context variants are
// trained for two lengths and turn by other angles beyond the first (rope_scaling "longrope", positions/rope_scaling.h).
#include "core/model/families/llama_layout.h"

#include <cmath>

namespace incipit {

std::shared_ptr<const FrozenModel> makePhi3(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize, d = card.headSize, q = card.heads * d, kv = card.keyValueHeads * d;
  const double epsilon = config.number("rms_norm_eps", 1e-5);
  const AttentionHeads heads{card.heads, card.keyValueHeads, d, 1 / std::sqrt(static_cast<double>(d))};
  const Activation activation = activationFrom(config.word("hidden_act", "silu"));

  DecoderParts parts;
  parts.embedding = read.table("embed_tokens.weight", {card.vocabularySize, h});
  parts.rotary = std::make_shared<const Rotary>(card, rotatedSize(card, 1), read.device());
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = read.rmsNorm(at + "input_layernorm", h, epsilon);
    block.attention = attentionStacked(read.linear(at + "self_attn.qkv_proj", q + 2 * kv, h, false),
                                       read.linear(at + "self_attn.o_proj", h, q, false), heads);
    block.mlpNorm = read.rmsNorm(at + "post_attention_layernorm", h, epsilon);
    block.mlp = {
        activation, {}, read.linear(at + "mlp.gate_up_proj", 2 * i, h, false), read.linear(at + "mlp.down_proj", h, i, false), true};
    parts.blocks.push_back(std::move(block));
  }
  slide(parts, layerWindows(card, config.positiveOrNone("sliding_window", std::nullopt), [](std::int64_t) { return true; }));
  parts.finalNorm = read.rmsNorm("norm", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
