// Falcon: one key/value head for all (7B), a few (40B: new_decoder_architecture) or as many as queries (RW); halves side by side with
// one norm or two, or one behind the other; rotary positions or ALiBi.
#include "core/model/families/decoder.h"
#include "core/model/positions/alibi.h"

#include "core/support/error.h"

#include <cmath>

namespace incipit {

std::shared_ptr<const FrozenModel> makeFalcon(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize, kv = card.keyValueHeads * card.headSize;
  const double epsilon = config.number("layer_norm_epsilon", 1e-5), scale = 1 / std::sqrt(static_cast<double>(card.headSize));
  const bool bias = config.flag("bias", false), parallel = config.flag("parallel_attn", true),
             recent = config.flag("new_decoder_architecture", false), turned = !config.flag("alibi", false);
  const std::int64_t norms = config.count("num_ln_in_parallel_attn", recent ? 2 : 1);
  const Activation activation = activationFrom(config.word("activation", "gelu"));
  if ((recent && !parallel) || (parallel && norms != 1 && !(recent && norms == 2)))
    throw ModelError("'" + card.name +
                         "' is a Falcon whose new_decoder_architecture, parallel_attn and num_ln_in_parallel_attn do not go together.",
                     "Mend its config.json.");
  config.refuse("apply_residual_connection_post_layernorm", "residuals taken behind the norm");
  AttentionHeads heads{card.heads, card.keyValueHeads, card.headSize, scale};
  if (!turned) heads.keyBias = alibi(card.heads, card.contextLength, scale, AlibiRounding::Bf16).to(at::Device(read.device()));

  DecoderParts parts;
  parts.flow = parallel ? Flow::Parallel : Flow::Sequential;
  parts.embedding = read.table("word_embeddings.weight", {card.vocabularySize, h});
  if (turned) parts.rotary = std::make_shared<const Rotary>(card, card.headSize, read.device());
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    Block block;
    const bool two = parallel && norms == 2;
    block.attentionNorm = read.layerNorm(at + (two ? "ln_attn" : "input_layernorm"), h, epsilon);
    if (two) block.mlpNorm = read.layerNorm(at + "ln_mlp", h, epsilon);
    if (!parallel) block.mlpNorm = read.layerNorm(at + "post_attention_layernorm", h, epsilon);
    block.attention = attentionGrouped(read.linear(at + "self_attention.query_key_value", h + 2 * kv, h, bias),
                                       read.linear(at + "self_attention.dense", h, h, bias), heads);
    block.mlp = {activation, {}, read.linear(at + "mlp.dense_h_to_4h", i, h, bias), read.linear(at + "mlp.dense_4h_to_h", h, i, bias)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("ln_f", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
