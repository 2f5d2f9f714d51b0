// Gemma: Llama's layout with an embedding that scales its rows by sqrt(H) (card.embeddingScale) and norms that multiply by 1 + weight.
// Gemma 2 adds norms behind attention and MLP, soft caps on scores and logits, a scale of its own, and a sliding window in every other
// layer.
#include "core/model/families/llama_layout.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/add.h>
#include <cmath>

namespace incipit {
namespace {

LlamaLayout gemmaLayout(const ModelCard& card, const PartReader& read) {
  const Config config(card);
  LlamaLayout layout = llamaLayout(card, read);
  const double epsilon = config.number("rms_norm_eps", 1e-6);
  layout.norm = [&read, epsilon](const std::string& name, std::int64_t width) {
    Norm norm = read.rmsNorm(name, width, epsilon);
    norm.weight = norm.weight + 1;
    return norm;
  };
  // hidden_act of the first checkpoints says "gelu", which they were not trained with; transformers ignores it too.
  layout.activation = activationFrom(config.word("hidden_activation", "gelu_pytorch_tanh"));
  layout.queryKeyValueBias = layout.outBias = config.flag("attention_bias", false);
  config.refuse("use_bidirectional_attention", "attention in both directions");
  return layout;
}

}  // namespace

std::shared_ptr<const FrozenModel> makeGemma(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  DecoderParts parts = llamaParts(card, read, gemmaLayout(card, read));
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

std::shared_ptr<const FrozenModel> makeGemma2(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  LlamaLayout layout = gemmaLayout(card, read);
  layout.heads.scale = 1 / std::sqrt(config.positiveOrNone("query_pre_attn_scalar", 256).value_or(256));
  layout.heads.softCap = config.positiveOrNone("attn_logit_softcapping", 50).value_or(0);
  DecoderParts parts = llamaParts(card, read, layout);
  for (std::size_t layer = 0; layer < parts.blocks.size(); ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block& block = parts.blocks[layer];
    block.attentionOutNorm = block.mlpNorm;  // Llama's name for the norm before the MLP is here the one behind attention
    block.mlpNorm = layout.norm(at + "pre_feedforward_layernorm", card.hiddenSize);
    block.mlpOutNorm = layout.norm(at + "post_feedforward_layernorm", card.hiddenSize);
  }
  slide(parts, layerWindows(card, config.positiveOrNone("sliding_window", 4096), [](std::int64_t layer) { return layer % 2 == 0; }));
  parts.logitCap = config.positiveOrNone("final_logit_softcapping", 30).value_or(0);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
