// StableLM: Llama's layout with layer norms, rotation of a part of each head, optional biases, per-head norms and parallel halves.
#include "core/model/families/llama_layout.h"

#include <ATen/ops/cat.h>

namespace incipit {
namespace {

// A norm for every head, each with a weight of its own and no bias: "<name>.norms.<head>.weight" [d].
at::Tensor gains(const PartReader& read, const std::string& name, std::int64_t heads, std::int64_t size) {
  std::vector<at::Tensor> all;
  for (std::int64_t head = 0; head < heads; ++head)
    all.push_back(read.tensor(name + ".norms." + std::to_string(head) + ".weight", {size}));
  return at::cat(all);  // [heads * d]
}

}  // namespace

std::shared_ptr<const FrozenModel> makeStableLm(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const double epsilon = config.number("layer_norm_eps", 1e-5);
  const bool parallel = config.flag("use_parallel_residual", false);

  LlamaLayout layout = llamaLayout(card, read);
  layout.queryKeyValueBias = config.flag("use_qkv_bias", false);
  layout.rotated = rotatedSize(card, 0.25);
  layout.norm = [&](const std::string& name, std::int64_t width) {
    // Parallel halves share one norm; the checkpoint has no second.
    return parallel && name.ends_with("post_attention_layernorm") ? Norm{} : read.layerNorm(name, width, epsilon);
  };
  DecoderParts parts = llamaParts(card, read, layout);
  parts.flow = parallel ? Flow::Parallel : Flow::Sequential;
  if (config.flag("qk_layernorm", false))
    for (std::size_t layer = 0; layer < parts.blocks.size(); ++layer) {
      const std::string at = "layers." + std::to_string(layer) + ".self_attn.";
      SelfAttention& attention = parts.blocks[layer].attention;
      attention.queryNorm = attention.keyNorm = read.plainLayerNorm(card.headSize, epsilon);
      attention.queryGain = gains(read, at + "q_layernorm", card.heads, card.headSize);
      attention.keyGain = gains(read, at + "k_layernorm", card.keyValueHeads, card.headSize);
    }
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
