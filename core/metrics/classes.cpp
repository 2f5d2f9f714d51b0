#include "core/metrics/classes.h"

#include <algorithm>
#include <numeric>

namespace incipit {
namespace {

double ratio(std::int64_t part, std::int64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

std::int64_t hitsOf(const ConfusionMatrix& matrix) {
  std::int64_t hits = 0;
  for (int c = 0; c < matrix.classes; ++c)
    hits += matrix.at(c, c);
  return hits;
}

std::int64_t timesAnswered(const ConfusionMatrix& matrix, int predicted) {
  std::int64_t sum = 0;
  for (int truth = 0; truth < matrix.classes; ++truth)
    sum += matrix.at(truth, predicted);
  return sum;
}

}  // namespace

std::int64_t ConfusionMatrix::at(int truth, int predicted) const {
  return counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(classes + 1) + static_cast<std::size_t>(predicted)];
}

std::int64_t ConfusionMatrix::total() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

ConfusionMatrix confusionMatrix(std::span<const int> truth, std::span<const int> predicted, int classes) {
  const auto columns = static_cast<std::size_t>(classes) + 1;
  ConfusionMatrix matrix{classes, std::vector<std::int64_t>(static_cast<std::size_t>(classes) * columns)};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool legal = predicted[i] >= 0 && predicted[i] < classes;
    ++matrix.counts[static_cast<std::size_t>(truth[i]) * columns + static_cast<std::size_t>(legal ? predicted[i] : classes)];
  }
  return matrix;
}

std::vector<ClassScores> scoresByClass(const ConfusionMatrix& matrix) {
  std::vector<ClassScores> scores(static_cast<std::size_t>(matrix.classes));
  for (int c = 0; c < matrix.classes; ++c) {
    ClassScores& of = scores[static_cast<std::size_t>(c)];
    for (int predicted = 0; predicted <= matrix.classes; ++predicted)
      of.support += matrix.at(c, predicted);
    const std::int64_t answered = timesAnswered(matrix, c), hits = matrix.at(c, c);
    of.precision = ratio(hits, answered);
    of.recall = ratio(hits, of.support);
    of.f1 = ratio(2 * hits, answered + of.support);
  }
  return scores;
}

double accuracyOf(const ConfusionMatrix& matrix) { return ratio(hitsOf(matrix), matrix.total()); }

double macroF1Of(const ConfusionMatrix& matrix) {
  double sum = 0;
  int seen = 0;
  const std::vector<ClassScores> scores = scoresByClass(matrix);
  for (int c = 0; c < matrix.classes; ++c) {
    const ClassScores& of = scores[static_cast<std::size_t>(c)];
    if (of.support == 0 && timesAnswered(matrix, c) == 0) continue;
    sum += of.f1;
    ++seen;
  }
  return seen == 0 ? 0 : sum / seen;
}

double legalShareOf(const ConfusionMatrix& matrix) {
  const std::int64_t total = matrix.total();
  return ratio(total - timesAnswered(matrix, matrix.classes), total);
}

double majorityAccuracyOf(const ConfusionMatrix& matrix) {
  std::int64_t most = 0;
  for (const ClassScores& of : scoresByClass(matrix))
    most = std::max(most, of.support);
  return ratio(most, matrix.total());
}

}  // namespace incipit
