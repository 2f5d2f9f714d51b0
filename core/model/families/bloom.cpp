// BLOOM: ALiBi instead of positions, a layer norm behind the embedding, one fused projection grouped by heads.
#include "core/model/families/decoder.h"
#include "core/model/positions/alibi.h"

namespace incipit {

std::shared_ptr<const FrozenModel> makeBloom(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = 4 * h;
  const double epsilon = config.number("layer_norm_epsilon", 1e-5);
  // transformers multiplies such a model slice by slice and leaves out two of its biases.
  if (config.count("pretraining_tp", 1) > 1) config.refuse("slow_but_exact", "products in slices");
  AttentionHeads heads = usualHeads(card);
  heads.keyBias = alibi(card.heads, card.contextLength, 1, AlibiRounding::None).to(at::Device(read.device()));

  DecoderParts parts;
  parts.flow = config.flag("apply_residual_connection_post_layernorm", false) ? Flow::NormedResidual : Flow::Sequential;
  parts.embedding = read.table("word_embeddings.weight", {card.vocabularySize, h});
  parts.inputNorm = read.layerNorm("word_embeddings_layernorm", h, epsilon);
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = read.layerNorm(at + "input_layernorm", h, epsilon);
    block.attention = attentionGrouped(read.linear(at + "self_attention.query_key_value", 3 * h, h, true),
                                       read.linear(at + "self_attention.dense", h, h, true), heads);
    block.mlpNorm = read.layerNorm(at + "post_attention_layernorm", h, epsilon);
    block.mlp = {
        Activation::GeluTanh, {}, read.linear(at + "mlp.dense_h_to_4h", i, h, true), read.linear(at + "mlp.dense_4h_to_h", h, i, true)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("ln_f", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
