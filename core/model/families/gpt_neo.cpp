// GPT-Neo: GPT-2's blocks with separate projections, scores without a scale, and local attention in some layers.
#include "core/model/families/decoder.h"

#include "core/support/error.h"

#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// "global" or "local" for every layer: attention_layers, or attention_types [[["global", "local"], 12]] written out.
std::vector<std::string> layerKinds(const ModelCard& card) {
  std::vector<std::string> kinds = Config(card).words("attention_layers");
  if (kinds.empty())
    for (const Json& run : card.config->value("attention_types", Json::array({Json::array({Json::array({"global", "local"}), 12})})))
      for (std::int64_t i = 0; i < std::min(run.at(1).get<std::int64_t>(), card.layers); ++i)
        for (const Json& kind : run.at(0))
          kinds.push_back(kind.get<std::string>());
  if (static_cast<std::int64_t>(kinds.size()) != card.layers)
    throw ModelError("The config.json of '" + card.name + "' names the attention of " + std::to_string(kinds.size()) + " layers, but has " +
                         std::to_string(card.layers) + ".",
                     "Mend its attention_layers or attention_types.");
  for (const std::string& kind : kinds)
    if (kind != "global" && kind != "local")
      throw ModelError("The attention '" + kind + "' of '" + card.name + "' is not supported.", "Supported: global, local.");
  return kinds;
}

}  // namespace

std::shared_ptr<const FrozenModel> makeGptNeo(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const Config config(card);
  const PartReader read(weights, numerics);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  const double epsilon = config.number("layer_norm_epsilon", 1e-5);
  const Activation activation = activationFrom(config.word("activation_function", "gelu_new"));
  const std::vector<std::string> kinds = layerKinds(card);

  DecoderParts parts;
  parts.embedding = read.table("wte.weight", {card.vocabularySize, h});
  parts.positions = read.tensor("wpe.weight", {card.contextLength, h});
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".", attention = at + "attn.attention.";
    AttentionHeads heads{card.heads, card.heads, card.headSize, 1.0};
    if (kinds[static_cast<std::size_t>(layer)] == "local")
      heads.window = static_cast<std::int64_t>(config.positiveOrNone("window_size", 256).value_or(256));
    Block block;
    block.attentionNorm = read.layerNorm(at + "ln_1", h, epsilon);
    block.attention =
        attentionApart(read.linear(attention + "q_proj", h, h, false), read.linear(attention + "k_proj", h, h, false),
                       read.linear(attention + "v_proj", h, h, false), read.linear(attention + "out_proj", h, h, true), heads);
    block.mlpNorm = read.layerNorm(at + "ln_2", h, epsilon);
    block.mlp = {activation, {}, read.linear(at + "mlp.c_fc", i, h, true), read.linear(at + "mlp.c_proj", h, i, true)};
    parts.blocks.push_back(std::move(block));
  }
  parts.finalNorm = read.layerNorm("ln_f", h, epsilon);
  parts.head = read.head(card, "lm_head.weight", parts.embedding);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
