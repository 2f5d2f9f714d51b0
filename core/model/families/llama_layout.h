// The layout Llama gave to many families: embed_tokens, layers.N.{input_layernorm, self_attn.{q,k,v,o}_proj, post_attention_layernorm,
// mlp.{gate,up,down}_proj}, norm, lm_head. They differ in biases, norms, windows and factors.
#pragma once

#include "core/model/families/decoder.h"

#include <functional>

namespace incipit {

struct LlamaLayout {
  std::function<Norm(const std::string& name, std::int64_t width)> norm;
  Activation activation = Activation::Silu;
  bool queryKeyValueBias = false, outBias = false, mlpBias = false;
  AttentionHeads heads;
};

// RMS norms with `rms_norm_eps`, the activation of `hidden_act`, no biases, scores scaled by 1 / sqrt(d).
LlamaLayout llamaLayout(const ModelCard& card, const PartReader& read);

// All parts by Llama's names, with rotary positions over the whole head.
DecoderParts llamaParts(const ModelCard& card, const PartReader& read, const LlamaLayout& layout);

// The sliding window of every layer, 0 for none: by config.json's layer_types ("sliding_attention", "full_attention"), or where it has
// none by `slides`.
std::vector<std::int64_t> layerWindows(const ModelCard& card, std::optional<double> window,
                                       const std::function<bool(std::int64_t layer)>& slides);
void slide(DecoderParts& parts, const std::vector<std::int64_t>& windows);

}  // namespace incipit
