// Phi 1, 1.5 and 2: one layer norm a block, attention and MLP side by side, rotation of a part of each head, biases everywhere.
#include "core/model/families/decoder.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makePhi(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize, d = card.headSize, q = card.heads * d, kv = card.keyValueHeads * d;
  const double epsilon = config.number("layer_norm_eps", 1e-5);
  const AttentionHeads heads = usualHeads(card);
  const Activation activation = activationFrom(config.word("hidden_act", "gelu_new"));
  const bool headNorms = config.flag("qk_layernorm", false);

  DecoderParts parts;
  parts.flow = Flow::Parallel;
  parts.embedding = read.table("embed_tokens.weight", {card.vocabularySize, h});
  parts.rotary = std::make_shared<const Rotary>(card, rotatedSize(card, 0.5), read.device());
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = read.layerNorm(at + "input_layernorm", h, epsilon);
    block.attention =
        attentionApart(read.linear(at + "self_attn.q_proj", q, h, true), read.linear(at + "self_attn.k_proj", kv, h, true),
                       read.linear(at + "self_attn.v_proj", kv, h, true), read.linear(at + "self_attn.dense", h, q, true), heads);
    if (headNorms) {
      block.attention.queryNorm = read.layerNorm(at + "self_attn.q_layernorm", d, epsilon);
      block.attention.keyNorm = read.layerNorm(at + "self_attn.k_layernorm", d, epsilon);
    }
    block.mlp = {activation, {}, read.linear(at + "mlp.fc1", i, h, true), read.linear(at + "mlp.fc2", h, i, true)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("final_layernorm", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  if (card.head == HeadKind::None) parts.headBias = read.tensor("lm_head.bias", {card.vocabularySize});
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
