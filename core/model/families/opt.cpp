// OPT: learned positions that start at 2, ReLU, norms before each half (OPT-350m: behind it), and in OPT-350m an embedding narrower
// than the blocks, with a projection on the way in and out. Its virtual tokens have the embedding's width E.
#include "core/model/families/decoder.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeOpt(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t e = card.hiddenSize, h = config.count("hidden_size", e), i = card.intermediateSize;
  const bool before = config.flag("do_layer_norm_before", true), bias = config.flag("enable_bias", true),
             affine = config.flag("layer_norm_elementwise_affine", true);
  const Activation activation = activationFrom(config.word("activation_function", "relu"));
  const AttentionHeads heads = usualHeads(card);
  const auto norm = [&](const std::string& name) { return affine ? read.layerNorm(name, h, 1e-5) : read.plainLayerNorm(h, 1e-5); };

  DecoderParts parts;
  parts.flow = before ? Flow::Sequential : Flow::NormAfter;
  parts.embedding = read.table("embed_tokens.weight", {card.vocabularySize, e});
  parts.positionOffset = 2;
  parts.positions = read.tensor("embed_positions.weight", {card.contextLength + parts.positionOffset, h});
  if (e != h) {
    parts.projectIn = read.linear("project_in", h, e, false);
    parts.projectOut = read.linear("project_out", e, h, false);
  }
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = norm(at + "self_attn_layer_norm");
    block.attention =
        attentionApart(read.linear(at + "self_attn.q_proj", h, h, bias), read.linear(at + "self_attn.k_proj", h, h, bias),
                       read.linear(at + "self_attn.v_proj", h, h, bias), read.linear(at + "self_attn.out_proj", h, h, bias), heads);
    block.mlpNorm = norm(at + "final_layer_norm");
    block.mlp = {activation, {}, read.linear(at + "fc1", i, h, bias), read.linear(at + "fc2", h, i, bias)};
    parts.blocks.push_back(std::move(block));
  }
  if (before && !config.flag("_remove_final_layer_norm", false)) parts.finalNorm = norm("final_layer_norm");
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
