// T5 (Raffel et al. 2020): encoder and decoder, RMS norms, no biases in linear layers, scores without a scale, positions only as a bias
// by the distance from query to key, one table for all layers. T5 1.0 ties its head to the embedding; T5 1.1, Flan-T5 and mT5 have a head
// of their own and a gate in the MLP.
#include "core/model/families/encoder_decoder.h"
#include "core/support/error.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log.h>
#include <ATen/ops/where.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

enum class Looks { BothWays, Back };

struct Buckets {
  std::int64_t count;        // rows of the table
  std::int64_t maxDistance;  // from here on all distances share a bucket
};

// Near distances have a bucket each, farther ones share buckets that widen like a logarithm. An encoder halves them between keys before
// and keys behind the query. ways [N] -> buckets [N]
at::Tensor bucketsOf(const at::Tensor& ways, const Buckets& buckets, Looks looks) {
  const std::int64_t half = looks == Looks::BothWays ? buckets.count / 2 : buckets.count, exact = half / 2;
  const at::Tensor distance = looks == Looks::BothWays ? ways.abs() : (-ways).clamp_min(0);
  // In fp32 by the library's logarithm, as transformers computes it: rounding decides at the borders.
  const double reach = std::log(static_cast<double>(buckets.maxDistance) / static_cast<double>(exact));
  const at::Tensor far = exact + (at::log(distance.to(at::kFloat) / exact) / reach * (half - exact)).to(at::kLong);
  const at::Tensor bucket = at::where(distance < exact, distance, far.clamp_max(half - 1));
  return looks == Looks::BothWays ? bucket + (ways > 0).to(at::kLong) * half : bucket;
}

// table [buckets, n] -> [n, 2 * positions - 1], by the way from query to key.
at::Tensor distanceBias(const at::Tensor& table, std::int64_t positions, const Buckets& buckets, Looks looks) {
  if (table.is_meta()) return at::empty({table.size(1), 2 * positions - 1}, table.options().dtype(at::kFloat));
  const at::Tensor ways = at::arange(1 - positions, positions, at::TensorOptions(at::kLong));
  const at::Tensor rows = table.to(at::kFloat).index_select(0, bucketsOf(ways, buckets, looks).to(table.device()));
  return rows.t().contiguous();
}

struct Feed {
  bool gated;
  Activation activation;
};

// "relu", or "gated-gelu"; newer files say the two halves beside it.
Feed feedOf(const ModelCard& card) {
  const Config config(card);
  const std::string word = config.word("feed_forward_proj", card.family == "mt5" ? "gated-gelu" : "relu");
  const bool gated = word.starts_with("gated-");
  std::string name = gated ? word.substr(6) : word;
  if (word == "gated-gelu") name = "gelu_new";
  return {config.flag("is_gated_act", gated), activationFrom(config.word("dense_act_fn", name))};
}

class T5Reader {
 public:
  T5Reader(const ModelCard& card, const PartReader& read)
      : m_card(card), m_read(read), m_epsilon(Config(card).number("layer_norm_epsilon", 1e-6)),
        m_feed(feedOf(card)), m_buckets{Config(card).count("relative_attention_num_buckets", 32),
                                        Config(card).count("relative_attention_max_distance", 128)} {
    if (m_buckets.count < 4 || m_buckets.maxDistance <= m_buckets.count / 2)
      throw ModelError("The config.json of '" + card.name + "' gives " + std::to_string(m_buckets.count) +
                           " relative_attention_num_buckets for distances up to " + std::to_string(m_buckets.maxDistance) +
                           ", which is not a table of positions.",
                       "Mend its config.json.");
  }

  Norm norm(const std::string& name) const { return m_read.rmsNorm(name, m_card.hiddenSize, m_epsilon); }

  SelfAttention attention(const std::string& at, const at::Tensor& bias) const {
    const std::int64_t h = m_card.hiddenSize, inner = m_card.heads * m_card.headSize;
    AttentionHeads heads{m_card.heads, m_card.heads, m_card.headSize, 1};
    heads.distanceBias = bias;
    return attentionApart(m_read.linear(at + "q", inner, h, false), m_read.linear(at + "k", inner, h, false),
                          m_read.linear(at + "v", inner, h, false), m_read.linear(at + "o", h, inner, false), heads);
  }

  Mlp mlp(const std::string& at) const {
    const std::int64_t h = m_card.hiddenSize, i = m_card.intermediateSize;
    Mlp part{m_feed.activation, {}, {}, m_read.linear(at + "wo", h, i, false)};
    if (m_feed.gated) part.gate = m_read.linear(at + "wi_0", i, h, false);
    part.up = m_read.linear(at + (m_feed.gated ? "wi_1" : "wi"), i, h, false);
    return part;
  }

  // Only the first layer has a table; the others use it too.
  at::Tensor bias(const std::string& stack, Looks looks) const {
    const std::string name = stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    return distanceBias(m_read.table(name, {m_buckets.count, m_card.heads}), m_card.contextLength, m_buckets, looks);
  }

 private:
  const ModelCard& m_card;
  const PartReader& m_read;
  double m_epsilon;
  Feed m_feed;
  Buckets m_buckets;
};

}  // namespace

std::shared_ptr<const FrozenModel> makeT5(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader part(weights, numerics);
  // A tied head works on states of the embedding's size (Mesh TensorFlow's scaling). transformers 5 says that in a key of its own and calls
  // every T5 tied; whether it is, the weights tell.
  const bool scaled = Config(card).flag("scale_decoder_outputs", card.tiedEmbeddings);
  if (card.config->contains("scale_decoder_outputs")) card.tiedEmbeddings = !weights.has("lm_head.weight");
  const T5Reader read(card, part);
  EncoderDecoderParts parts;
  parts.embedding =
      part.table(weights.has("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight", {card.vocabularySize, card.hiddenSize});

  const at::Tensor encoderBias = read.bias("encoder", Looks::BothWays), decoderBias = read.bias("decoder", Looks::Back);
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "encoder.block." + std::to_string(layer) + ".layer.";
    Block block;
    block.attentionNorm = read.norm(at + "0.layer_norm");
    block.attention = read.attention(at + "0.SelfAttention.", encoderBias);
    block.mlpNorm = read.norm(at + "1.layer_norm");
    block.mlp = read.mlp(at + "1.DenseReluDense.");
    parts.encoder.push_back(std::move(block));
  }
  parts.encoderNorm = read.norm("encoder.final_layer_norm");
  // transformers takes as many as num_layers says, or by its default, even where num_hidden_layers sets the encoder's.
  const std::int64_t layers = Config(card).count("num_decoder_layers", Config(card).count("num_layers", card.family == "mt5" ? 8 : 6));
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const std::string at = "decoder.block." + std::to_string(layer) + ".layer.";
    parts.decoder.push_back({read.norm(at + "0.layer_norm"), read.attention(at + "0.SelfAttention.", decoderBias),
                             read.norm(at + "1.layer_norm"), read.attention(at + "1.EncDecAttention.", {}), read.norm(at + "2.layer_norm"),
                             read.mlp(at + "2.DenseReluDense.")});
  }
  parts.decoderNorm = read.norm("decoder.final_layer_norm");
  parts.head = part.head(card, "lm_head.weight", parts.embedding);
  if (scaled) parts.headScale = 1 / std::sqrt(static_cast<double>(card.hiddenSize));
  return makeEncoderDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
