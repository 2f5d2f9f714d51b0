// BERT: an encoder alone. Positions and the type of the text are learned and added to the words, a layer norm follows each half of a block
// and the embedding; a frozen pooler stands between the stack and the head.
// RoBERTa (and XLM-R): the same, its positions counted from behind the padding id, and no pooler: its head has a layer of its own.
#include "core/model/families/decoder.h"
#include "core/support/error.h"

namespace incipit {
namespace {

DecoderParts bertParts(const ModelCard& card, const PartReader& read) {
  const Config config(card);
  const std::int64_t h = card.hiddenSize, i = card.intermediateSize;
  const double epsilon = config.number("layer_norm_eps", 1e-12);
  config.refuse("is_decoder", "a decoder of BERT's layout");
  config.refuse("add_cross_attention", "cross-attention");
  if (const std::string kind = config.word("position_embedding_type", "absolute"); kind != "absolute")
    throw ModelError("The position_embedding_type '" + kind + "' of '" + card.name + "' is not supported.", "Supported: absolute.");
  const Activation activation = activationFrom(config.word("hidden_act", "gelu"));
  const AttentionHeads heads = usualHeads(card);

  DecoderParts parts;
  parts.flow = Flow::NormAfter;
  parts.embedding = read.table("embeddings.word_embeddings.weight", {card.vocabularySize, h});
  // A text alone is of the first type, so its row is added to every position once and for all.
  const at::Tensor types = read.tensor("embeddings.token_type_embeddings.weight", {config.count("type_vocab_size", 2), h});
  const std::int64_t positions = config.count("max_position_embeddings", 512);
  parts.positions = read.tensor("embeddings.position_embeddings.weight", {positions, h}) + types.narrow(0, 0, 1);
  parts.positionOffset = positions - card.contextLength;  // RoBERTa: 2, BERT: 0
  parts.inputNorm = read.layerNorm("embeddings.LayerNorm", h, epsilon);
  for (std::int64_t layer = 0; layer < card.layers; ++layer) {
    const std::string at = "encoder.layer." + std::to_string(layer) + ".";
    Block block;
    block.attention =
        attentionApart(read.linear(at + "attention.self.query", h, h, true), read.linear(at + "attention.self.key", h, h, true),
                       read.linear(at + "attention.self.value", h, h, true), read.linear(at + "attention.output.dense", h, h, true), heads);
    block.attentionNorm = read.layerNorm(at + "attention.output.LayerNorm", h, epsilon);
    block.mlp = {activation, {}, read.linear(at + "intermediate.dense", i, h, true), read.linear(at + "output.dense", h, i, true)};
    block.mlpNorm = read.layerNorm(at + "output.LayerNorm", h, epsilon);
    parts.blocks.push_back(std::move(block));
  }
  parts.head = parts.embedding;
  return parts;
}

}  // namespace

std::shared_ptr<const FrozenModel> makeBert(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  if (!weights.has("pooler.dense.weight"))
    throw ModelError("'" + card.name + "'" + (card.architecture.empty() ? "" : " (" + card.architecture + ")") +
                         " has no pooler, the layer through which the head of a BERT reads a text.",
                     "Open a BERT that has one, as bert-base-uncased does, or a RoBERTa, which needs none. transformers would make one of "
                     "random numbers, which are neither trained with a prompt nor kept by its PEFT adapter.");
  DecoderParts parts = bertParts(card, read);
  parts.pooler = read.linear("pooler.dense", card.hiddenSize, card.hiddenSize, true);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

std::shared_ptr<const FrozenModel> makeRoberta(ModelCard card, const Weights& weights, const Numerics& numerics) {
  const PartReader read(weights, numerics);
  DecoderParts parts = bertParts(card, read);
  return makeDecoder(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit
