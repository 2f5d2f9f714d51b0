// GPT-NeoX and Pythia: two layer norms a block, attention and MLP usually side by side, rotation of a part of each head.
#include "core/model/families/decoder.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeGptNeoX(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  const double epsilon = config.number("layer_norm_eps", 1e-5);
  const Activation activation = activationFrom(config.word("hidden_act", "gelu"));
  const bool bias = config.flag("attention_bias", true);
  const AttentionHeads heads = usualHeads(card);

  DecoderParts parts;
  parts.flow = config.flag("use_parallel_residual", true) ? Flow::Parallel : Flow::Sequential;
  parts.embedding = read.table("embed_in.weight", {card.vocabularySize, h});
  parts.rotary = std::make_shared<const Rotary>(card, rotatedSize(card, 0.25), read.device());
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = read.layerNorm(at + "input_layernorm", h, epsilon);
    block.attention = attentionGrouped(read.linear(at + "attention.query_key_value", 3 * h, h, bias),
                                       read.linear(at + "attention.dense", h, h, bias), heads);
    block.mlpNorm = read.layerNorm(at + "post_attention_layernorm", h, epsilon);
    block.mlp = {activation, {}, read.linear(at + "mlp.dense_h_to_4h", i, h, true), read.linear(at + "mlp.dense_4h_to_h", h, i, true)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("final_layer_norm", h, epsilon);
  parts.head = read.head(card, "embed_out.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
