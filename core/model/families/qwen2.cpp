// Qwen2 and Qwen2.5: Llama's layout with biases on queries, keys and values; the layers from max_window_layers on may slide.
// Qwen3: no biases, and every head of the queries and keys has an RMS norm before it is turned.
#include "core/model/families/llama_layout.h"

namespace incipit {
namespace {

void slideAsQwen(DecoderParts& parts, const ModelCard& card) {
  const Config config(card);
  const auto window = config.flag("use_sliding_window", false) ? config.positiveOrNone("sliding_window", 4096) : std::nullopt;
  const std::int64_t full = config.count("max_window_layers", 28);
  slide(parts, layerWindows(card, window, [full](std::int64_t layer) { return layer >= full; }));
}

}  // namespace

std::shared_ptr<const FrozenModel> makeQwen2(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  LlamaLayout layout = llamaLayout(card, read);
  layout.queryKeyValueBias = true;
  DecoderParts parts = llamaParts(card, read, layout);
  slideAsQwen(parts, card);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

std::shared_ptr<const FrozenModel> makeQwen3(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  LlamaLayout layout = llamaLayout(card, read);
  layout.queryKeyValueBias = layout.outBias = Config(card).flag("attention_bias", false);
  DecoderParts parts = llamaParts(card, read, layout);
  for (std::size_t layer = 0; layer < parts.blocks.size(); ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".self_attn.";
    parts.blocks[layer].attention.queryNorm = layout.norm(at + "q_norm", card.headSize);
    parts.blocks[layer].attention.keyNorm = layout.norm(at + "k_norm", card.headSize);
  }
  slideAsQwen(parts, card);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
