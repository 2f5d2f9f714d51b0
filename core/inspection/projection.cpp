#include "core/inspection/projection.h"

#include "core/inspection/layout_file.h"
#include "core/inspection/nearest_vectors.h"
#include "core/inspection/tsne.h"
#include "core/inspection/umap.h"
#include "core/inspection/vectors.h"
#include "core/inspection/vocabulary_index.h"
#include "core/model/frozen_model.h"
#include "core/support/compute.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

namespace incipit {
namespace {

constexpr double mostWork = 1.6e12;  // N * N * H of the tokens among which neighbours are looked for: 52,000 of 576 numbers
constexpr std::int64_t tsneNeighbours = 90, umapNeighbours = 14;  // of perplexity 30; of 15 with the token itself
constexpr std::int64_t judgedNeighbours = 10, judgedSample = 1000;
constexpr std::uint64_t judgedSeed = 2001;
constexpr std::int64_t leastTokens = 8;
constexpr std::int64_t timedRows = 1024;
constexpr double tsneSeconds = 30, umapSeconds = 12;  // of 10,000 points on one thread

constexpr std::array methodNames{
    std::pair{ProjectionMethod::Pca, std::string_view("pca")},
    std::pair{ProjectionMethod::Tsne, std::string_view("tsne")},
    std::pair{ProjectionMethod::Umap, std::string_view("umap")},
};

std::vector<TokenId> drawnTokens(std::int64_t vocabulary, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(vocabulary));
  if (count < vocabulary)
    order = Random(seed).permutation(vocabulary);
  else
    std::iota(order.begin(), order.end(), 0);
  std::vector<TokenId> tokens(order.begin(), order.begin() + count);
  std::ranges::sort(tokens);
  return tokens;
}

// Rows of length one [N, H]; a row of zeros stays one.
Matrix directionsOf(const FrozenModel& model, const std::vector<TokenId>& tokens) {
  Matrix rows = model.embeddingRows(tokens);
  for (std::int64_t i = 0; i < rows.rows; ++i)
    if (const double length = lengthOf(rows.row(i)); length > 0)
      for (float& value : rows.row(i))
        value = static_cast<float>(value / length);
  return rows;
}

std::vector<PlanePoint> pointsOf(const Matrix& places) {
  std::vector<PlanePoint> points;
  for (std::int64_t i = 0; i < places.rows; ++i)
    points.push_back({places.row(i)[0], places.row(i)[1]});
  return points;
}

std::vector<PlanePoint> layOut(const Matrix& rows, std::vector<PlanePoint> start, const ProjectionOptions& options, const Watch& watch) {
  if (options.method == ProjectionMethod::Pca) return start;
  const bool byTsne = options.method == ProjectionMethod::Tsne;
  const NearestVectors nearest = nearestVectors(rows, byTsne ? tsneNeighbours : umapNeighbours, watch.part(0, 0.3));
  return byTsne ? tsne(nearest, std::move(start), {}, watch.part(0.3, 1))
                : umap(nearest, std::move(start), {0, options.seed}, watch.part(0.3, 1));
}

// The k nearest points to `at`, nearest first; of equally near ones the first.
std::vector<std::int32_t> nearestPoints(const std::vector<PlanePoint>& points, PlanePoint at, std::int64_t k) {
  std::vector<std::pair<double, std::int32_t>> distances;
  distances.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    distances.emplace_back(std::hypot(points[i].x - at.x, points[i].y - at.y), static_cast<std::int32_t>(i));
  const auto end = distances.begin() + std::min<std::ptrdiff_t>(k, std::ssize(distances));
  std::partial_sort(distances.begin(), end, distances.end());
  std::vector<std::int32_t> nearest;
  for (auto it = distances.begin(); it != end; ++it)
    nearest.push_back(it->second);
  return nearest;
}

// All prompts' rows as they enter the model, below each other.
SoftPrompt stacked(const std::vector<const SoftPrompt*>& prompts, const ModelCard& card) {
  SoftPrompt all;
  all.origin.rowScale = card.embeddingScale == 1 ? RowScale::Unsaid : RowScale::Scaled;
  for (const SoftPrompt* prompt : prompts) {
    if (prompt->width() != card.hiddenSize)
      throw ModelError("The prompt's rows have " + std::to_string(prompt->width()) + " numbers, the vocabulary of '" + card.name +
                           "' has " + std::to_string(card.hiddenSize) + ".",
                       "Open the model the prompt was tuned for.");
    const Matrix rows = enteringRows(*prompt, card);
    all.rows.values.insert(all.rows.values.end(), rows.values.begin(), rows.values.end());
    all.rows.rows += rows.rows;
  }
  all.rows.columns = card.hiddenSize;
  return all;
}

// A row's nearest tokens that are laid out.
struct Near {
  std::vector<std::int32_t> places;
  std::vector<float> distances;  // of directions: sqrt(2 - 2 cos)
};
Near laidOut(const VocabularyLayout& layout, const std::vector<Neighbour>& neighbours, std::int64_t most) {
  Near near;
  for (const Neighbour& neighbour : neighbours) {
    const auto it = std::ranges::lower_bound(layout.tokens, neighbour.token);
    if (it == layout.tokens.end() || *it != neighbour.token) continue;
    near.places.push_back(static_cast<std::int32_t>(it - layout.tokens.begin()));
    near.distances.push_back(std::sqrt(std::max(0.0f, 2 - 2 * neighbour.score)));
    if (std::ssize(near.places) == most) break;
  }
  return near;
}

PlanePoint placeOf(const VocabularyLayout& layout, const QuadTree* tree, std::span<const float> row, const Near& near) {
  if (layout.options.method == ProjectionMethod::Pca) {
    Matrix direction(1, static_cast<std::int64_t>(row.size()));
    const double length = lengthOf(row);
    for (std::size_t i = 0; i < row.size() && length > 0; ++i)
      direction.values[i] = static_cast<float>(row[i] / length);
    return pointsOf(along(layout.axes, direction)).front();
  }
  if (near.places.empty()) return {};
  return layout.options.method == ProjectionMethod::Tsne ? placeAmong(layout.places, *tree, near.places, near.distances)
                                                         : placeByUmap(layout.places, near.places, near.distances, layout.options.seed);
}

}  // namespace

ProjectionMethod projectionFrom(std::string_view name) {
  for (const auto& [method, known] : methodNames)
    if (known == name) return method;
  throw PlanError("'" + std::string(name) + "' is not a way to lay out a vocabulary.", "Use pca, tsne or umap.");
}

std::string_view nameOf(ProjectionMethod method) { return methodNames[static_cast<std::size_t>(method)].second; }

std::int64_t tokensLaidOut(const FrozenModel& model, const ProjectionOptions& options) {
  const auto width = static_cast<double>(std::max<std::int64_t>(1, model.card().hiddenSize));
  const auto most = options.most > 0 ? options.most : static_cast<std::int64_t>(std::sqrt(mostWork / width));
  return std::min(model.card().vocabularySize, std::max(leastTokens, most));
}

std::shared_ptr<const VocabularyLayout> keptLayout(const FrozenModel& model, const ProjectionOptions& options) {
  auto layout = readLayout(model.fingerprint(), options);
  const bool fits = layout && layout->vocabularySize == model.card().vocabularySize &&
                    static_cast<std::int64_t>(layout->axes.middle.size()) == model.card().hiddenSize;
  return fits ? layout : nullptr;
}

std::shared_ptr<const VocabularyLayout> layOutVocabulary(const FrozenModel& model, const ProjectionOptions& options, const Watch& watch) {
  if (auto kept = keptLayout(model, options)) return kept;
  VocabularyLayout layout{options, model.fingerprint(), model.card().vocabularySize, {}, {}, {}, {}};
  if (layout.vocabularySize < leastTokens)
    throw ModelError("'" + model.card().name + "' has " + std::to_string(layout.vocabularySize) + " tokens: too few for a map.",
                     "Look at the neighbours in place of it.");
  layout.tokens = drawnTokens(layout.vocabularySize, tokensLaidOut(model, options), options.seed);
  const Matrix rows = directionsOf(model, layout.tokens);
  const bool flat = options.method == ProjectionMethod::Pca;
  layout.axes = principalAxes(rows, 2, watch.part(0, flat ? 0.5 : 0.03));
  layout.places = layOut(rows, pointsOf(along(layout.axes, rows)), options, watch.part(0.03, 0.96));
  const auto k = std::min(judgedNeighbours, std::ssize(layout.tokens) / 2 - 1);
  layout.kept = keptDistances(rows, layout.places, k, judgedSample, judgedSeed, watch.part(flat ? 0.5 : 0.96, 1));
  model.checkWhole();
  keepLayout(layout);
  return std::make_shared<const VocabularyLayout>(std::move(layout));
}

LayoutCost costOfLayout(const FrozenModel& model, const ProjectionOptions& options) {
  LayoutCost cost{tokensLaidOut(model, options), model.card().vocabularySize, 0};
  const std::int64_t rows = std::min(cost.tokens, timedRows);
  Matrix timed(rows, model.card().hiddenSize);
  Random random(1);
  for (float& value : timed.values)
    value = static_cast<float>(random.uniform());
  const auto begin = std::chrono::steady_clock::now();
  nearestVectors(timed, umapNeighbours);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double share = static_cast<double>(cost.tokens) / static_cast<double>(rows);
  const double points = static_cast<double>(cost.tokens) / 1e4 / std::max(1, threadsInUse());
  cost.seconds = options.method == ProjectionMethod::Pca    ? seconds * share
                 : options.method == ProjectionMethod::Tsne ? seconds * share * share + tsneSeconds * points
                                                            : seconds * share * share + umapSeconds * points;
  return cost;
}

std::vector<std::vector<PlacedRow>> placeRows(const VocabularyLayout& layout, const VocabularyIndex& vocabulary,
                                              const std::vector<const SoftPrompt*>& prompts, std::stop_token stop) {
  const SoftPrompt all = stacked(prompts, vocabulary.model->card());
  // Where a sample is laid out, as many more of the vocabulary's nearest are asked for, so that enough of the sample are among them.
  const double share = static_cast<double>(layout.vocabularySize) / static_cast<double>(std::max<std::size_t>(1, layout.tokens.size()));
  const std::int64_t wanted = umapNeighbours + 1, asked = share <= 1 ? wanted : static_cast<std::int64_t>(3 * share * wanted);
  std::vector<std::vector<PlacedRow>> placed;
  if (all.empty()) return std::vector<std::vector<PlacedRow>>(prompts.size());
  const Neighbourhood found = nearestTokens(all, vocabulary, asked, Metric::Cosine, stop);
  const auto tree = layout.options.method == ProjectionMethod::Tsne ? std::make_unique<QuadTree>(layout.places) : nullptr;
  std::int64_t at = 0;
  for (const SoftPrompt* prompt : prompts) {
    std::vector<PlacedRow>& rows = placed.emplace_back();
    for (std::int64_t row = 0; row < prompt->length() && !stop.stop_requested(); ++row, ++at) {
      const RowNeighbours& neighbours = found.rows[static_cast<std::size_t>(at)];
      const Near near = laidOut(layout, neighbours.neighbours, wanted);
      PlacedRow one{row, placeOf(layout, tree.get(), all.rows.row(at), near), 0, 0, 0, 0};
      if (!neighbours.neighbours.empty())
        one.nearest = neighbours.neighbours.front().token, one.cosine = neighbours.neighbours.front().score;
      const std::vector<std::int32_t> around = nearestPoints(layout.places, one.place, layout.kept.k);
      one.nearestInPicture = layout.tokens[static_cast<std::size_t>(around.front())];
      const std::size_t compared = std::min(around.size(), near.places.size());
      for (std::size_t i = 0; i < compared; ++i)
        one.kept += std::ranges::count(around, near.places[i]) / static_cast<double>(compared);
      rows.push_back(one);
    }
  }
  return placed;
}

}  // namespace incipit
