// GPT-2: layer norm before each half of a block, learned positions, one fused query/key/value projection, weights stored transposed.
// GPT-BigCode (SantaCoder, StarCoder): the same with one key/value head for all, and weights stored as usual.
#include "core/model/families/decoder.h"

#include <cmath>

namespace incipit {
namespace {

// All but the projections, which the two store differently.
template <class ReadBlock>
DecoderParts gptParts(const ModelCard& card, const PartReader& read, ReadBlock readBlock) {
  const std::int64_t h = card.hiddenSize;
  const double epsilon = Config(card).number("layer_norm_epsilon", 1e-5);
  Config(card).refuse("add_cross_attention", "cross-attention");
  DecoderParts parts;
  parts.embedding = read.table("wte.weight", {card.vocabularySize, h});
  parts.positions = read.tensor("wpe.weight", {card.contextLength, h});
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    Block block = readBlock(at, layer);
    block.attentionNorm = read.layerNorm(at + "ln_1", h, epsilon);
    block.mlpNorm = read.layerNorm(at + "ln_2", h, epsilon);
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("ln_f", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return parts;
}

double scaleOf(const ModelCard& card) {
  return Config(card).flag("scale_attn_weights", true) ? 1 / std::sqrt(static_cast<double>(card.headSize)) : 1.0;
}

}  // namespace

std::shared_ptr<const FrozenModel> makeGpt2(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  const Activation activation = activationFrom(config.word("activation_function", "gelu_new"));
  const bool byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
  DecoderParts parts = gptParts(card, read, [&](const std::string& at, std::int64_t layer) {
    const double scale = scaleOf(card) / (byLayer ? static_cast<double>(layer + 1) : 1.0);
    Block block;
    block.attention = attentionStacked(read.transposedLinear(at + "attn.c_attn", 3 * h, h), read.transposedLinear(at + "attn.c_proj", h, h),
                                       {card.heads, card.heads, card.headSize, scale});
    block.mlp = {activation, {}, read.transposedLinear(at + "mlp.c_fc", i, h), read.transposedLinear(at + "mlp.c_proj", h, i)};
    return block;
  });
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

std::shared_ptr<const FrozenModel> makeGptBigCode(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize, kv = card.keyValueHeads * card.headSize;
  const Activation activation = activationFrom(Config(card).word("activation_function", "gelu_pytorch_tanh"));
  DecoderParts parts = gptParts(card, read, [&](const std::string& at, std::int64_t) {
    Block block;
    block.attention = attentionGrouped(read.linear(at + "attn.c_attn", h + 2 * kv, h, true), read.linear(at + "attn.c_proj", h, h, true),
                                       {card.heads, card.keyValueHeads, card.headSize, scaleOf(card)});
    block.mlp = {activation, {}, read.linear(at + "mlp.c_fc", i, h, true), read.linear(at + "mlp.c_proj", h, i, true)};
    return block;
  });
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
