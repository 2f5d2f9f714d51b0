#include "core/inspection/umap.h"

#include "core/inspection/neighbour_graph.h"
#include "core/model/kernels/share_out.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace incipit {
namespace {

constexpr std::int64_t together = 1024;              // points, one after the other on one thread
constexpr double a = 1.576943460, b = 0.8950608779;  // of 1 / (1 + a d^2b), fitted to a least distance of 0.1 and a spread of 1
constexpr double leastScale = 1e-3;                  // of the mean distance: sigma is not smaller
constexpr int pushesAPull = 5;                       // negative samples
constexpr double firstStep = 0.5, startSize = 10, placedStep = 0.25;
constexpr int placedEpochs = 60;
constexpr double longestMove = 4;  // of a coordinate, at a step of 1

// Numbers that depend on what they are drawn for alone: splitmix64 of a place in a counted row.
class Drawn {
 public:
  Drawn(std::uint64_t seed, std::uint64_t epoch, std::uint64_t point) : m_state(mix(mix(seed ^ mix(epoch)) ^ point)) {}
  std::int64_t below(std::int64_t bound) {
    m_state += 0x9E3779B97F4A7C15ULL;
    return static_cast<std::int64_t>((mix(m_state) >> 32) * static_cast<std::uint64_t>(bound) >> 32);
  }

 private:
  static std::uint64_t mix(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ value >> 27) * 0x94D049BB133111EBULL;
    return value ^ value >> 31;
  }
  std::uint64_t m_state;
};

double bounded(double move) { return std::clamp(move, -longestMove, longestMove); }

void pull(PlanePoint& at, const PlanePoint& other, double step) {
  const double x = at.x - other.x, y = at.y - other.y, squared = x * x + y * y;
  if (squared <= 0) return;
  const double power = std::pow(squared, b), force = -2 * a * b * power / squared / (1 + a * power);
  at.x += step * bounded(force * x), at.y += step * bounded(force * y);
}

void push(PlanePoint& at, const PlanePoint& other, double step) {
  const double x = at.x - other.x, y = at.y - other.y, squared = x * x + y * y;
  if (squared <= 0) return;
  const double force = 2 * b / ((0.001 + squared) * (1 + a * std::pow(squared, b)));
  at.x += step * bounded(force * x), at.y += step * bounded(force * y);
}

NeighbourGraph fuzzyGraph(const NearestVectors& nearest) {
  std::vector<float> weights(nearest.ids.size());
  shareOut((nearest.count + together - 1) / together, [&](std::int64_t unit) {
    for (std::int64_t i = unit * together; i < std::min(nearest.count, (unit + 1) * together); ++i)
      std::ranges::copy(memberships(nearest.distancesOf(i), true), weights.begin() + i * nearest.k);
  });
  return joinBothWays(nearest, weights, [](float there, float back) { return there + back - there * back; });
}

// As large as umap-learn's, whatever the units were.
void fit(std::vector<PlanePoint>& points) {
  double most = 0;
  for (const PlanePoint& point : points)
    most = std::max({most, std::abs(point.x), std::abs(point.y)});
  for (PlanePoint& point : points)
    point.x *= startSize / std::max(most, 1e-12), point.y *= startSize / std::max(most, 1e-12);
}

}  // namespace

std::vector<float> memberships(std::span<const float> distances, bool nearestIsSure) {
  std::vector<float> weights(distances.size(), 1);
  if (distances.empty()) return weights;
  const auto other = std::ranges::find_if(distances, [](float distance) { return distance > 0; });
  const double rho = nearestIsSure && other != distances.end() ? *other : 0;
  // umap-learn's k counts the point itself, which is among the vocabulary's own nearest and not among a placed row's.
  const double wanted = std::log2(static_cast<double>(distances.size()) + (nearestIsSure ? 1 : 0));
  double sigma = 1, low = 0, high = std::numeric_limits<double>::infinity();
  for (int attempt = 0; attempt < 64; ++attempt) {
    double sum = 0;
    for (const float distance : distances)
      sum += distance > rho ? std::exp(-(distance - rho) / sigma) : 1;
    if (std::abs(sum - wanted) < 1e-5) break;
    if (sum > wanted)
      high = sigma, sigma = (low + high) / 2;
    else
      low = sigma, sigma = std::isinf(high) ? sigma * 2 : (low + high) / 2;
  }
  const double mean = std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(distances.size());
  sigma = std::max(sigma, leastScale * mean);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = distances[i] > rho && sigma > 0 ? static_cast<float>(std::exp(-(distances[i] - rho) / sigma)) : 1;
  return weights;
}

std::vector<PlanePoint> umap(const NearestVectors& nearest, std::vector<PlanePoint> points, const UmapOptions& options,
                             const Watch& watch) {
  const NeighbourGraph graph = fuzzyGraph(nearest);
  const auto count = static_cast<std::int64_t>(points.size());
  const int epochs = options.epochs > 0 ? options.epochs : count <= 10000 ? 1000 : 300;
  const double heaviest = graph.weights.empty() ? 1 : *std::ranges::max_element(graph.weights);
  fit(points);
  std::vector<PlanePoint> before;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    watch.at(static_cast<double>(epoch - 1) / epochs);
    before = points;
    const double step = firstStep * (1 - static_cast<double>(epoch - 1) / epochs);
    shareOut((count + together - 1) / together, [&](std::int64_t unit) {
      for (std::int64_t i = unit * together; i < std::min(count, (unit + 1) * together); ++i) {
        PlanePoint& at = points[static_cast<std::size_t>(i)];
        Drawn drawn(options.seed, static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(i));
        for (std::int64_t edge = graph.offsets[static_cast<std::size_t>(i)]; edge < graph.offsets[static_cast<std::size_t>(i) + 1];
             ++edge) {
          // An edge takes part as often as it weighs.
          const double weight = graph.weights[static_cast<std::size_t>(edge)] / heaviest;
          if (std::floor(epoch * weight) == std::floor((epoch - 1) * weight)) continue;
          const PlanePoint& other = before[static_cast<std::size_t>(graph.ids[static_cast<std::size_t>(edge)])];
          pull(at, other, step);  // as the edge's one end
          pull(at, other, step);  // and as its other, when its turn comes from there
          for (int draw = 0; draw < pushesAPull; ++draw)
            if (const std::int64_t far = drawn.below(count); far != i) push(at, before[static_cast<std::size_t>(far)], step);
        }
      }
    });
  }
  return points;
}

PlanePoint placeByUmap(const std::vector<PlanePoint>& points, std::span<const std::int32_t> nearest, std::span<const float> distances,
                       std::uint64_t seed) {
  const std::vector<float> weights = memberships(distances, false);
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0), heaviest = *std::ranges::max_element(weights);
  PlanePoint at;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    at.x += weights[i] / all * points[static_cast<std::size_t>(nearest[i])].x;
    at.y += weights[i] / all * points[static_cast<std::size_t>(nearest[i])].y;
  }
  for (int epoch = 1; epoch <= placedEpochs; ++epoch) {
    const double step = placedStep * (1 - static_cast<double>(epoch - 1) / placedEpochs);
    Drawn drawn(seed, static_cast<std::uint64_t>(epoch), 0);  // the same for every row: alike ones come to lie together
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      const double weight = weights[i] / heaviest;
      if (std::floor(epoch * weight) == std::floor((epoch - 1) * weight)) continue;
      pull(at, points[static_cast<std::size_t>(nearest[i])], step);
      for (int draw = 0; draw < pushesAPull; ++draw)
        push(at, points[static_cast<std::size_t>(drawn.below(static_cast<std::int64_t>(points.size())))], step);
    }
  }
  return at;
}

}  // namespace incipit
