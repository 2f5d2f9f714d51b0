// The layout Llama gave to many families: embed_tokens, layers.N.{input_layernorm, self_attn.{q,k,v,o}_proj, post_attention_layernorm,
// mlp.{gate,up,down}_proj}, norm, lm_head. They differ in biases, norms, windows and factors,
// some in how they stack the projections.
#pragma once

#include "core/model/families/decoder.h"

#include <functional>

namespace incipit {

struct LlamaLayout {
  std::function<Norm(const std::string& name, std::int64_t width)> norm;
  Activation activation = Activation::Silu;
  bool queryKeyValueBias = false, outBias = false, mlpBias = false;
  AttentionHeads heads;
  std::int64_t rotated;  // numbers of a head that turn
  // Read attention and MLP of a layer where they are not Llama's, below `at` = "layers.N.self_attn." and "layers.N.mlp.".
  std::function<SelfAttention(const std::string& at)> attention;
  std::function<Mlp(const std::string& at)> mlp;
};

// RMS norms with `rms_norm_eps` or `epsilon`, the activation of `hidden_act`, no biases, scores scaled by 1 / sqrt(d), rotary positions
// over the whole head.
LlamaLayout llamaLayout(const ModelCard& card, const PartReader& read, double epsilon = 1e-6);

// All parts by Llama's names.
DecoderParts llamaParts(const ModelCard& card, const PartReader& read, const LlamaLayout& layout);

// The sliding window of every layer, 0 for none: by config.json's layer_types ("sliding_attention", "full_attention"), or where it has
// none by `slides`.
std::vector<std::int64_t> layerWindows(const ModelCard& card, std::optional<double> window,
                                       const std::function<bool(std::int64_t layer)>& slides);
void slide(DecoderParts& parts, const std::vector<std::int64_t>& windows);

}  // namespace incipit
