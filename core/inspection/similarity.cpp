#include "core/inspection/similarity.h"

#include "core/inspection/vectors.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace incipit {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

double bestOneWay(const Matrix& from, const Matrix& to) {
  double sum = 0;
  for (std::int64_t i = 0; i < from.rows; ++i) {
    double best = -1;
    for (std::int64_t j = 0; j < to.rows; ++j)
      best = std::max(best, cosine(from.row(i), to.row(j)));
    sum += best;
  }
  return sum / static_cast<double>(from.rows);
}

double bestBothWays(const Matrix& a, const Matrix& b) { return (bestOneWay(a, b) + bestOneWay(b, a)) / 2; }

Matrix moved(const Matrix& rows, const Matrix& start) {
  Matrix difference = rows;
  for (std::size_t i = 0; i < difference.values.size(); ++i)
    difference.values[i] -= start.values[i];
  return difference;
}

Matrix randomRows(std::int64_t rows, std::int64_t columns, Random& random) {
  Matrix matrix(rows, columns);
  for (float& value : matrix.values)
    value = static_cast<float>(random.normal());
  return matrix;
}

// A symmetric table of `of(i, j)`.
template <class Of>
Matrix tableOf(std::size_t count, Of of) {
  Matrix table(static_cast<std::int64_t>(count), static_cast<std::int64_t>(count));
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i; j < count; ++j) {
      const auto value = static_cast<float>(of(i, j));
      table.row(static_cast<std::int64_t>(i))[j] = value;
      table.row(static_cast<std::int64_t>(j))[i] = value;
    }
  return table;
}

}  // namespace

PromptSimilarity promptSimilarity(const std::vector<ComparedPrompt>& prompts, const ModelCard& card, std::uint64_t seed) {
  std::vector<Matrix> rows, starts, tasks;
  for (const ComparedPrompt& one : prompts) {
    if (one.prompt->width() != card.hiddenSize || one.prompt->empty())
      throw ModelError("The rows of '" + one.name + "' have " + std::to_string(one.prompt->width()) + " numbers, the model works with " +
                           std::to_string(card.hiddenSize) + ".",
                       "Compare prompts of one model.");
    rows.push_back(enteringRows(*one.prompt, card));
    const bool known = one.start != nullptr && one.start->length() == one.prompt->length() && one.start->width() == one.prompt->width();
    starts.push_back(known ? enteringRows(*one.start, card) : Matrix());
    tasks.push_back(known ? moved(rows.back(), starts.back()) : Matrix());
    if (lengthOf(tasks.back().values) == 0) tasks.back() = {};  // a prompt that stayed where it started has learned no task
  }
  PromptSimilarity found;
  const std::size_t count = prompts.size();
  found.meanRows = tableOf(count, [&](std::size_t i, std::size_t j) { return cosine(meanRow(rows[i]), meanRow(rows[j])); });
  found.bestRows = tableOf(count, [&](std::size_t i, std::size_t j) { return bestBothWays(rows[i], rows[j]); });
  found.tasks = tableOf(count, [&](std::size_t i, std::size_t j) {
    return tasks[i].empty() || tasks[i].values.size() != tasks[j].values.size() ? static_cast<double>(unknown)
                                                                                : cosine(tasks[i].values, tasks[j].values);
  });
  found.starts = tableOf(count, [&](std::size_t i, std::size_t j) {
    return starts[i].empty() || starts[j].empty() ? static_cast<double>(unknown) : bestBothWays(starts[i], starts[j]);
  });
  Random random(seed);
  for (const Matrix& one : rows) {
    const Matrix other = randomRows(one.rows, one.columns, random);
    found.chanceMean += std::abs(cosine(meanRow(one), meanRow(other))) / static_cast<double>(count);
    found.chanceBest += bestBothWays(one, other) / static_cast<double>(count);
  }
  found.order = clusteredOrder(found.bestRows);
  return found;
}

std::vector<std::int64_t> clusteredOrder(const Matrix& similarities) {
  std::vector<std::vector<std::int64_t>> clusters;
  for (std::int64_t i = 0; i < similarities.rows; ++i)
    clusters.push_back({i});
  const auto between = [&](const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
    double sum = 0;
    for (const std::int64_t i : a)
      for (const std::int64_t j : b)
        sum += similarities.row(i)[static_cast<std::size_t>(j)];
    return sum / static_cast<double>(a.size() * b.size());
  };
  while (clusters.size() > 1) {
    std::size_t first = 0, second = 1;
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < clusters.size(); ++i)
      for (std::size_t j = i + 1; j < clusters.size(); ++j)
        if (const double alike = between(clusters[i], clusters[j]); alike > best) best = alike, first = i, second = j;
    clusters[first].insert(clusters[first].end(), clusters[second].begin(), clusters[second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
  return clusters.empty() ? std::vector<std::int64_t>() : clusters.front();
}

}  // namespace incipit
