// Mistral: Llama's layout, and every layer looks back through a sliding window.
#include "core/model/families/llama_layout.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeMistral(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  DecoderParts parts = llamaParts(card, read, llamaLayout(card, read));
  slide(parts, layerWindows(card, Config(card).positiveOrNone("sliding_window", 4096), [](std::int64_t) { return true; }));
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
