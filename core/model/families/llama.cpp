// Llama 1, 2, 3 and all that share its layout (SmolLM, TinyLlama ...): RMS norm, rotary positions, grouped key/value heads, gated MLP.
#include "core/model/families/llama_layout.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeLlama(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  LlamaLayout layout = llamaLayout(card, read);
  layout.queryKeyValueBias = layout.outBias = config.flag("attention_bias", false);
  layout.mlpBias = config.flag("mlp_bias", false);
  DecoderParts parts = llamaParts(card, read, layout);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
