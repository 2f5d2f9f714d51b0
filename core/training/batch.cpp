#include "core/training/batch.h"

#include <algorithm>

namespace incipit {
namespace {

// A scored position before it is known where it ends up in ascending order.
struct Score {
  std::int64_t row, target;
  std::size_t owner;
};

// Rows that ask come in the order of the forest; examples that begin with a scored token all ask the prompt's last row.
void takeScores(std::vector<Score> scores, TrainingBatch& batch) {
  std::stable_sort(scores.begin(), scores.end(), [](const Score& a, const Score& b) { return a.row < b.row; });
  for (const Score& score : scores) {
    batch.scored.push_back(score.row);
    batch.targets.push_back(score.target);
    batch.owners.push_back(score.owner);
  }
}

TrainingBatch continuations(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  TrainingBatch batch;
  std::vector<Score> scores;
  const int root = promptRows > 0 ? batch.forest.add(-1, promptRows) : -1;
  std::int64_t longest = 0;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    longest = std::max(longest, static_cast<std::int64_t>(example.ids.size()));
    // The last token predicts nothing, so its row is needed only where it is not the last scored one.
    auto needed = static_cast<std::int64_t>(example.ids.size());
    while (needed > 0 && example.labels[static_cast<std::size_t>(needed - 1)] == notScored)
      --needed;
    const std::int64_t begin = batch.forest.rows(), rows = std::max<std::int64_t>(0, needed - 1);
    if (rows > 0) batch.forest.add(root, rows);
    for (std::int64_t i = 0; i < needed; ++i) {
      if (i < rows) batch.ids.push_back(example.ids[static_cast<std::size_t>(i)]);
      const TokenId label = example.labels[static_cast<std::size_t>(i)];
      if (label == notScored || (i == 0 && promptRows == 0)) continue;
      scores.push_back({i == 0 ? promptRows - 1 : begin + i - 1, label, position});
    }
  }
  batch.forest.padTo(promptRows + longest);
  takeScores(std::move(scores), batch);
  return batch;
}

// The text of an example as a root of its own for the encoder; returns which.
int addText(TrainingBatch& batch, const Example& example, std::int64_t promptRows) {
  batch.textIds.insert(batch.textIds.end(), example.ids.begin(), example.ids.end());
  return batch.texts.add(-1, promptRows + static_cast<std::int64_t>(example.ids.size()));
}

// The decoder reads the target one step behind: the start token, then every token but the last. A token that is not scored is read as
// padding, as in transformers.
TrainingBatch answers(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card) {
  TrainingBatch batch;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    auto needed = example.labels.size();
    while (needed > 0 && example.labels[needed - 1] == notScored)
      --needed;
    if (needed == 0 || promptRows + static_cast<std::int64_t>(example.ids.size()) == 0) continue;
    const std::int64_t begin = batch.forest.rows();
    batch.forest.add(-1, static_cast<std::int64_t>(needed), addText(batch, example, promptRows));
    TokenId before = card.decoderStart;
    for (std::size_t i = 0; i < needed; ++i) {
      batch.ids.push_back(before == notScored ? card.padding.value_or(0) : before);
      before = example.labels[i];
      if (before == notScored) continue;
      batch.scored.push_back(begin + static_cast<std::int64_t>(i));
      batch.targets.push_back(before);
      batch.owners.push_back(position);
    }
  }
  return batch;
}

// Whole texts, each with the one row that a head reads.
TrainingBatch texts(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card,
                    Pooling pooling) {
  TrainingBatch batch;
  const bool shared = promptRows > 0 && !card.looksBothWays;
  const int root = shared ? batch.forest.add(-1, promptRows) : -1;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    if (example.ids.empty()) continue;
    const auto length = static_cast<std::int64_t>(example.ids.size());
    const int text = batch.forest.add(root, shared ? length : promptRows + length);
    batch.ids.insert(batch.ids.end(), example.ids.begin(), example.ids.end());
    batch.scored.push_back(pooledRow(card, pooling, batch.forest.segments()[static_cast<std::size_t>(text)], promptRows));
    batch.targets.push_back(example.classIndex);
    batch.owners.push_back(position);
  }
  return batch;
}

struct Question {
  int segment;          // under which the labels hang; -1: none
  std::int64_t asking;  // the row that predicts their first tokens; -1: none
};

Question addQuestion(TrainingBatch& batch, const Example& example, int root, std::int64_t promptRows, const ModelCard& card) {
  if (card.encoderDecoder) {
    if (promptRows + static_cast<std::int64_t>(example.ids.size()) == 0) return {-1, -1};
    const int start = batch.forest.add(-1, 1, addText(batch, example, promptRows));
    batch.ids.push_back(card.decoderStart);
    return {start, batch.forest.rows() - 1};
  }
  const auto labelBegin = std::find_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
  const auto length = static_cast<std::int64_t>(labelBegin - example.labels.begin());
  const int question = length > 0 ? batch.forest.add(root, length) : root;
  batch.ids.insert(batch.ids.end(), example.ids.begin(), example.ids.begin() + length);
  return {question, length > 0 ? batch.forest.rows() - 1 : promptRows - 1};
}

}  // namespace

TrainingBatch makeBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card,
                        Pooling pooling) {
  if (card.head != HeadKind::None) return texts(examples, indices, promptRows, card, pooling);
  return card.encoderDecoder ? answers(examples, indices, promptRows, card) : continuations(examples, indices, promptRows);
}

ClassBatch makeClassBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows,
                          const ModelCard& card) {
  ClassBatch classes;
  TrainingBatch& batch = classes.rows;
  const int root = promptRows > 0 && !card.encoderDecoder ? batch.forest.add(-1, promptRows) : -1;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    const auto [question, asking] = addQuestion(batch, example, root, promptRows, card);

    // First tokens of all labels are asked of the same row; further tokens hang below it, a branch a label.
    for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
      const auto& tokens = examples.classTokens[label];
      classes.choices.push_back({position, static_cast<int>(label), {}});
      auto& places = classes.choices.back().places;
      if (asking >= 0 && !tokens.empty()) {
        places.push_back(batch.scored.size());
        batch.scored.push_back(asking);
        batch.targets.push_back(tokens.front());
      }
    }
    for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
      const auto& tokens = examples.classTokens[label];
      if (tokens.size() < 2 || (asking < 0 && card.encoderDecoder)) continue;
      auto& places = classes.choices[classes.choices.size() - examples.classTokens.size() + label].places;
      const std::int64_t begin = batch.forest.rows();
      batch.forest.add(question, static_cast<std::int64_t>(tokens.size()) - 1);
      for (std::size_t i = 1; i < tokens.size(); ++i) {
        batch.ids.push_back(tokens[i - 1]);
        places.push_back(batch.scored.size());
        batch.scored.push_back(begin + static_cast<std::int64_t>(i) - 1);
        batch.targets.push_back(tokens[i]);
      }
    }
  }
  if (!card.encoderDecoder) batch.forest.padTo(batch.forest.depth() + 1);  // a label's last token has no row
  return classes;
}

}  // namespace incipit
