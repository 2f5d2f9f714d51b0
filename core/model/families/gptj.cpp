// GPT-J: one layer norm a block, attention and MLP side by side, rotation of neighbouring numbers in a part of each head.
#include "core/model/families/decoder.h"

#include "core/support/error.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeGptJ(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  const double epsilon = config.number("layer_norm_epsilon", 1e-5);
  const Activation activation = activationFrom(config.word("activation_function", "gelu_new"));
  const AttentionHeads heads = usualHeads(card);
  const auto rotated = config.numberOrNone("rotary_dim", 64);
  if (!rotated) throw ModelError("'" + card.name + "' is a GPT-J without a rotary_dim, which is not supported.", "Mend its config.json.");

  DecoderParts parts;
  parts.flow = Flow::Parallel;
  parts.embedding = read.table("wte.weight", {card.vocabularySize, h});
  parts.rotary = std::make_shared<const Rotary>(card, static_cast<std::int64_t>(*rotated), read.device(), RotaryTable::Pairs::Neighbours);
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = read.layerNorm(at + "ln_1", h, epsilon);
    block.attention = attentionApart(read.linear(at + "attn.q_proj", h, h, false), read.linear(at + "attn.k_proj", h, h, false),
                                     read.linear(at + "attn.v_proj", h, h, false), read.linear(at + "attn.out_proj", h, h, false), heads);
    block.mlp = {activation, {}, read.linear(at + "mlp.fc_in", i, h, true), read.linear(at + "mlp.fc_out", h, i, true)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("ln_f", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  if (card.head == HeadKind::None) parts.headBias = read.tensor("lm_head.bias", {card.vocabularySize});
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
