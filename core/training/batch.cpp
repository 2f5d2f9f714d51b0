#include "core/training/batch.h"

#include "core/training/placed_texts.h"

#include <algorithm>
#include <optional>

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

// Whether the prompt stands elsewhere than in front of all of these examples.
bool arePlaced(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  return promptRows > 0 && std::any_of(indices.begin(), indices.end(),
                                       [&](std::int64_t index) { return !examples.items[static_cast<std::size_t>(index)].places.empty(); });
}

std::vector<ReadRows> readRows(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  std::vector<ReadRows> all;
  for (const std::int64_t index : indices)
    all.push_back(readRows(examples.items[static_cast<std::size_t>(index)], promptRows));
  return all;
}

TrainingBatch placedContinuations(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  TrainingBatch batch;
  std::vector<ReadRows> texts = readRows(examples, indices, promptRows);
  std::size_t longest = 0;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const std::vector<TokenId>& labels = examples.items[static_cast<std::size_t>(indices[position])].labels;
    longest = std::max(longest, texts[position].items.size());
    const auto last = std::find_if(labels.rbegin(), labels.rend(), [](TokenId label) { return label != notScored; });
    texts[position].ofToken.resize(static_cast<std::size_t>(labels.rend() - last));  // what stands behind is not needed
    texts[position].items.resize(texts[position].ofToken.empty() ? 0 : texts[position].ofToken.back());
  }
  PlacedTexts laid(texts, true, {batch.forest, batch.ids, batch.sequence});
  std::vector<Score> scores;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    laid.add(position);
    const std::vector<TokenId>& labels = examples.items[static_cast<std::size_t>(indices[position])].labels;
    for (std::size_t i = 0; i < texts[position].ofToken.size(); ++i)
      if (const std::size_t item = texts[position].ofToken[i]; labels[i] != notScored && item > 0)
        scores.push_back({laid.row(position, item - 1), labels[i], position});
  }
  batch.forest.padTo(static_cast<std::int64_t>(longest));
  takeScores(std::move(scores), batch);
  return batch;
}

// The texts of an encoder-decoder's encoder, each a root of its own: with the prompt in front, or where its places are.
class Texts {
 public:
  Texts(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, TrainingBatch& batch)
      : m_examples(examples), m_indices(indices), m_promptRows(promptRows), m_batch(batch) {
    if (!arePlaced(examples, indices, promptRows)) return;
    m_rows = readRows(examples, indices, promptRows);
    m_placed.emplace(m_rows, false, PlacedForest{batch.texts, batch.textIds, batch.sequence});
  }

  // That of an example; returns which segment it is.
  int add(std::size_t position) {
    if (m_placed) {
      m_placed->add(position);
      return m_placed->segment(position);
    }
    const Example& example = m_examples.items[static_cast<std::size_t>(m_indices[position])];
    m_batch.textIds.insert(m_batch.textIds.end(), example.ids.begin(), example.ids.end());
    return m_batch.texts.add(-1, m_promptRows + static_cast<std::int64_t>(example.ids.size()));
  }

 private:
  const Examples& m_examples;
  const std::vector<std::int64_t>& m_indices;
  std::int64_t m_promptRows;
  TrainingBatch& m_batch;
  std::vector<ReadRows> m_rows;
  std::optional<PlacedTexts> m_placed;
};

// The decoder reads the target one step behind: the start token, then every token but the last. A token that is not scored is read as
// padding, as in transformers.
TrainingBatch answers(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card) {
  TrainingBatch batch;
  Texts texts(examples, indices, promptRows, batch);
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    auto needed = example.labels.size();
    while (needed > 0 && example.labels[needed - 1] == notScored)
      --needed;
    if (needed == 0 || promptRows + static_cast<std::int64_t>(example.ids.size()) == 0) continue;
    const std::int64_t begin = batch.forest.rows();
    batch.forest.add(-1, static_cast<std::int64_t>(needed), texts.add(position));
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

// Whole texts, each with the rows that a head reads.
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
    const PooledRows read = pooledRows(card, pooling, batch.forest.segments()[static_cast<std::size_t>(text)], promptRows);
    for (std::int64_t row = 0; row < read.count; ++row)
      batch.scored.push_back(read.first + row);
    if (pooling == Pooling::Mean) batch.pooled.push_back(read.count);
    batch.targets.push_back(example.classIndex);
    batch.owners.push_back(position);
  }
  return batch;
}

// Where the state that a head reads stands among them (pooledRows).
std::size_t pooledItem(const ModelCard& card, Pooling pooling, const ReadRows& text) {
  if (!card.looksBothWays) return text.items.size() - 1;
  return pooling == Pooling::Text ? text.ofToken.front() : 0;
}

// The same where the prompt stands among the text.
TrainingBatch placedTexts(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows,
                          const ModelCard& card, Pooling pooling) {
  TrainingBatch batch;
  const std::vector<ReadRows> rows = readRows(examples, indices, promptRows);
  PlacedTexts laid(rows, !card.looksBothWays, {batch.forest, batch.ids, batch.sequence});
  std::vector<Score> scores;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    if (example.ids.empty()) continue;
    laid.add(position);
    if (pooling != Pooling::Mean || !card.looksBothWays) {
      scores.push_back({laid.row(position, pooledItem(card, pooling, rows[position])), example.classIndex, position});
      continue;
    }
    for (const std::size_t item : rows[position].ofToken)  // an encoder's texts share nothing, so their rows ascend
      batch.scored.push_back(laid.row(position, item));
    batch.pooled.push_back(static_cast<std::int64_t>(rows[position].ofToken.size()));
    batch.targets.push_back(example.classIndex);
    batch.owners.push_back(position);
  }
  takeScores(std::move(scores), batch);
  return batch;
}

struct Question {
  int segment;          // under which the labels hang; -1: none
  std::int64_t asking;  // the row that predicts their first tokens; -1: none
};

// Tokens in front of an example's answer.
std::size_t questionLength(const Example& example) {
  const auto labelBegin = std::find_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
  return static_cast<std::size_t>(labelBegin - example.labels.begin());
}

// The questions of decoder-only models: below the prompt, or with it among their text.
class Questions {
 public:
  Questions(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, TrainingBatch& batch)
      : m_examples(examples), m_indices(indices), m_promptRows(promptRows), m_batch(batch) {
    if (!arePlaced(examples, indices, promptRows)) {
      m_root = promptRows > 0 ? batch.forest.add(-1, promptRows) : -1;
      return;
    }
    m_rows = readRows(examples, indices, promptRows);
    for (std::size_t position = 0; position < indices.size(); ++position) {
      const std::size_t length = questionLength(example(position));
      if (length < m_rows[position].ofToken.size()) m_rows[position].items.resize(m_rows[position].ofToken[length]);
    }
    m_placed.emplace(m_rows, true, PlacedForest{batch.forest, batch.ids, batch.sequence});
  }

  Question add(std::size_t position) {
    if (m_placed) {
      m_placed->add(position);
      const std::size_t items = m_rows[position].items.size();
      return {m_placed->segment(position), items > 0 ? m_placed->row(position, items - 1) : -1};
    }
    const Example text = example(position);
    const auto length = static_cast<std::int64_t>(questionLength(text));
    const int question = length > 0 ? m_batch.forest.add(m_root, length) : m_root;
    m_batch.ids.insert(m_batch.ids.end(), text.ids.begin(), text.ids.begin() + length);
    return {question, length > 0 ? m_batch.forest.rows() - 1 : m_promptRows - 1};
  }
  // A token of an answer.
  void answer(TokenId token) {
    m_batch.ids.push_back(token);
    if (m_placed) m_batch.sequence.push_back(0);
  }

 private:
  Example example(std::size_t position) const { return m_examples.items[static_cast<std::size_t>(m_indices[position])]; }

  const Examples& m_examples;
  const std::vector<std::int64_t>& m_indices;
  std::int64_t m_promptRows;
  TrainingBatch& m_batch;
  int m_root = -1;
  std::vector<ReadRows> m_rows;
  std::optional<PlacedTexts> m_placed;
};

// The questions of encoder-decoder models: the text, and the start token that attends across to it.
class AnsweredTexts {
 public:
  AnsweredTexts(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card,
                TrainingBatch& batch)
      : m_examples(examples), m_indices(indices), m_promptRows(promptRows), m_start(card.decoderStart), m_batch(batch),
        m_texts(examples, indices, promptRows, batch) {}

  Question add(std::size_t position) {
    const Example& example = m_examples.items[static_cast<std::size_t>(m_indices[position])];
    if (m_promptRows + static_cast<std::int64_t>(example.ids.size()) == 0) return {-1, -1};
    const int start = m_batch.forest.add(-1, 1, m_texts.add(position));
    answer(m_start);
    return {start, m_batch.forest.rows() - 1};
  }
  void answer(TokenId token) { m_batch.ids.push_back(token); }

 private:
  const Examples& m_examples;
  const std::vector<std::int64_t>& m_indices;
  std::int64_t m_promptRows;
  TokenId m_start;
  TrainingBatch& m_batch;
  Texts m_texts;
};

// First tokens of all labels are asked of the same row; further tokens hang below it, a branch a label.
template <class Asking>
void addLabels(ClassBatch& classes, std::size_t position, const Examples& examples, Question question, Asking& asking, bool hasStart) {
  TrainingBatch& batch = classes.rows;
  for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
    const auto& tokens = examples.classTokens[label];
    classes.choices.push_back({position, static_cast<int>(label), {}});
    auto& places = classes.choices.back().places;
    if (question.asking >= 0 && !tokens.empty()) {
      places.push_back(batch.scored.size());
      batch.scored.push_back(question.asking);
      batch.targets.push_back(tokens.front());
    }
  }
  for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
    const auto& tokens = examples.classTokens[label];
    if (tokens.size() < 2 || (question.asking < 0 && hasStart)) continue;
    auto& places = classes.choices[classes.choices.size() - examples.classTokens.size() + label].places;
    const std::int64_t begin = batch.forest.rows();
    batch.forest.add(question.segment, static_cast<std::int64_t>(tokens.size()) - 1);
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      asking.answer(tokens[i - 1]);
      places.push_back(batch.scored.size());
      batch.scored.push_back(begin + static_cast<std::int64_t>(i) - 1);
      batch.targets.push_back(tokens[i]);
    }
  }
}

}  // namespace

TrainingBatch makeBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows, const ModelCard& card,
                        Pooling pooling) {
  const bool placed = arePlaced(examples, indices, promptRows);
  if (card.head != HeadKind::None)
    return placed ? placedTexts(examples, indices, promptRows, card, pooling) : texts(examples, indices, promptRows, card, pooling);
  if (card.encoderDecoder) return answers(examples, indices, promptRows, card);
  return placed ? placedContinuations(examples, indices, promptRows) : continuations(examples, indices, promptRows);
}

ClassBatch makeClassBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows,
                          const ModelCard& card) {
  ClassBatch classes;
  const auto addAll = [&](auto&& asking, bool hasStart) {
    for (std::size_t position = 0; position < indices.size(); ++position)
      addLabels(classes, position, examples, asking.add(position), asking, hasStart);
  };
  if (card.encoderDecoder) {
    addAll(AnsweredTexts(examples, indices, promptRows, card, classes.rows), true);
    return classes;
  }
  addAll(Questions(examples, indices, promptRows, classes.rows), false);
  classes.rows.forest.padTo(classes.rows.forest.depth() + 1);  // a label's last token has no row
  return classes;
}

}  // namespace incipit
