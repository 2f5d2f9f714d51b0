#include "core/model/families/llama_layout.h"

#include "core/support/error.h"

namespace incipit {

namespace {

SelfAttention attentionOf(const ModelCard& card, const PartReader& read, const LlamaLayout& layout, const std::string& at) {
  if (layout.attention) return layout.attention(at);
  const std::int64_t h = card.hiddenSize, q = card.heads * card.headSize, kv = card.keyValueHeads * card.headSize;
  return attentionApart(
      read.linear(at + "q_proj", q, h, layout.queryKeyValueBias), read.linear(at + "k_proj", kv, h, layout.queryKeyValueBias),
      read.linear(at + "v_proj", kv, h, layout.queryKeyValueBias), read.linear(at + "o_proj", h, q, layout.outBias), layout.heads);
}

Mlp mlpOf(const ModelCard& card, const PartReader& read, const LlamaLayout& layout, const std::string& at) {
  if (layout.mlp) return layout.mlp(at);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  return {layout.activation, read.linear(at + "gate_proj", i, h, layout.mlpBias), read.linear(at + "up_proj", i, h, layout.mlpBias),
          read.linear(at + "down_proj", h, i, layout.mlpBias)};
}

}  // namespace

LlamaLayout llamaLayout(const ModelCard& card, const PartReader& read, double epsilon) {
  const Config config(card);
  LlamaLayout layout;
  epsilon = config.number("rms_norm_eps", epsilon);
  layout.norm = [&read, epsilon](const std::string& name, std::int64_t width) { return read.rmsNorm(name, width, epsilon); };
  layout.activation = activationFrom(config.word("hidden_act", "silu"));
  layout.heads = usualHeads(card);
  layout.rotated = card.headSize;
  return layout;
}

DecoderParts llamaParts(const ModelCard& card, const PartReader& read, const LlamaLayout& layout) {
  const std::int64_t h = card.hiddenSize;
  DecoderParts parts;
  parts.embedding = read.table("embed_tokens.weight", {card.vocabularySize, h});
  parts.rotary = std::make_shared<const Rotary>(card, layout.rotated, read.device());
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    Block block;
    block.attentionNorm = layout.norm(at + "input_layernorm", h);
    block.attention = attentionOf(card, read, layout, at + "self_attn.");
    block.mlpNorm = layout.norm(at + "post_attention_layernorm", h);
    block.mlp = mlpOf(card, read, layout, at + "mlp.");
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = layout.norm("norm", h);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return parts;
}

std::vector<std::int64_t> layerWindows(const ModelCard& card, std::optional<double> window,
                                       const std::function<bool(std::int64_t layer)>& slides) {
  std::vector<std::int64_t> windows(static_cast<std::size_t>(card.layers), 0);
  const std::vector<std::string> types = Config(card).words("layer_types");
  if (!types.empty() && types.size() != windows.size())
    throw ModelError("The config.json of '" + card.name + "' gives " + std::to_string(types.size()) + " layer_types for " +
                         std::to_string(windows.size()) + " layers.",
                     "Mend its config.json.");
  for (std::size_t layer = 0; layer < windows.size(); ++layer) {
    const bool sliding = types.empty() ? slides(static_cast<std::int64_t>(layer)) : types[layer] == "sliding_attention";
    if (!types.empty() && !sliding && types[layer] != "full_attention")
      throw ModelError("The layer type '" + types[layer] + "' of '" + card.name + "' is not supported.",
                       "Supported: full_attention, sliding_attention.");
    // A window as long as the context hides nothing.
    if (sliding && window && *window < static_cast<double>(card.contextLength)) windows[layer] = static_cast<std::int64_t>(*window);
  }
  return windows;
}

void slide(DecoderParts& parts, const std::vector<std::int64_t>& windows) {
  for (std::size_t layer = 0; layer < parts.blocks.size(); ++layer)
    parts.blocks[layer].attention.heads.window = windows[layer];
}

}  // namespace incipit
