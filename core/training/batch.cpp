#include "core/training/batch.h"

#include <algorithm>

namespace incipit {
namespace {

// A scored position before it is known where it ends up in ascending order.
struct Score {
  std::int64_t row, target;
};

// Rows that ask come in the order of the forest; examples that begin with a scored token all ask the prompt's last row.
template <class Batch>
void takeScores(std::vector<Score> scores, Batch& batch) {
  std::stable_sort(scores.begin(), scores.end(), [](const Score& a, const Score& b) { return a.row < b.row; });
  for (const Score& score : scores) {
    batch.scored.push_back(score.row);
    batch.targets.push_back(score.target);
  }
}

}  // namespace

TrainingBatch makeBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  TrainingBatch batch;
  std::vector<Score> scores;
  const int root = promptRows > 0 ? batch.forest.add(-1, promptRows) : -1;
  for (const std::int64_t index : indices) {
    const Example& example = examples.items[static_cast<std::size_t>(index)];
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
      scores.push_back({i == 0 ? promptRows - 1 : begin + i - 1, label});
    }
  }
  takeScores(std::move(scores), batch);
  return batch;
}

ClassBatch makeClassBatch(const Examples& examples, const std::vector<std::int64_t>& indices, std::int64_t promptRows) {
  ClassBatch batch;
  const int root = promptRows > 0 ? batch.forest.add(-1, promptRows) : -1;
  for (std::size_t position = 0; position < indices.size(); ++position) {
    const Example& example = examples.items[static_cast<std::size_t>(indices[position])];
    const auto labelBegin = std::find_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
    const auto length = static_cast<std::int64_t>(labelBegin - example.labels.begin());
    const int question = length > 0 ? batch.forest.add(root, length) : root;
    batch.ids.insert(batch.ids.end(), example.ids.begin(), example.ids.begin() + length);
    const std::int64_t asking = length > 0 ? batch.forest.rows() - 1 : promptRows - 1;

    // First tokens of all labels are asked of the same row; further tokens hang below it, a branch a label.
    for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
      const auto& tokens = examples.classTokens[label];
      batch.choices.push_back({position, static_cast<int>(label), {}});
      auto& places = batch.choices.back().places;
      if (asking >= 0 && !tokens.empty()) {
        places.push_back(batch.scored.size());
        batch.scored.push_back(asking);
        batch.targets.push_back(tokens.front());
      }
    }
    for (std::size_t label = 0; label < examples.classTokens.size(); ++label) {
      const auto& tokens = examples.classTokens[label];
      if (tokens.size() < 2) continue;
      auto& places = batch.choices[batch.choices.size() - examples.classTokens.size() + label].places;
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
  return batch;
}

}  // namespace incipit
