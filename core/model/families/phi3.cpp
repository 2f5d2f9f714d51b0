// Phi-3, 3.5 and 4: Llama's blocks with queries, keys and values in one weight, gate and up in another. Their long-context variants are
// trained for two lengths and turn by other angles beyond the first (rope_scaling "longrope", positions/rope_scaling.h).
#include "core/model/families/llama_layout.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makePhi3(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize, q = card.heads * card.headSize,
                     kv = card.keyValueHeads * card.headSize;

  LlamaLayout layout = llamaLayout(card, read, 1e-5);
  layout.rotated = rotatedSize(card, 1);
  layout.attention = [&](const std::string& at) {
    return attentionStacked(read.linear(at + "qkv_proj", q + 2 * kv, h, false), read.linear(at + "o_proj", h, q, false), layout.heads);
  };
  layout.mlp = [&](const std::string& at) {
    return Mlp{layout.activation, {}, read.linear(at + "gate_up_proj", 2 * i, h, false), read.linear(at + "down_proj", h, i, false), true};
  };
  DecoderParts parts = llamaParts(card, read, layout);
  slide(parts, layerWindows(card, Config(card).positiveOrNone("sliding_window", std::nullopt), [](std::int64_t) { return true; }));
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
