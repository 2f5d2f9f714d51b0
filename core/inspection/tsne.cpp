#include "core/inspection/tsne.h"

#include "core/inspection/neighbour_graph.h"
#include "core/model/kernels/share_out.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr std::int64_t together = 1024;  // points, one after the other on one thread: fewer would wait for each other longer than they take
constexpr double startSpread = 1e-4;     // standard deviation of the start: small, so that nothing is far from anything
constexpr int earlyMomentum = 250;       // steps
constexpr double placedPerplexity = 5;   // few: what is placed should stand by its nearest, not between all
constexpr int placedSteps = 50;
constexpr double longestStep = 0.5;

struct Motion {
  PlanePoint step, gain{1, 1};
};

void move(double& place, double& step, double& gain, double gradient, double momentum, double rate) {
  gain = std::max(0.01, gradient * step < 0 ? gain + 0.2 : gain * 0.8);
  step = momentum * step - rate * gain * gradient;
  place += step;
}

void centre(std::vector<PlanePoint>& points) {
  PlanePoint middle;
  for (const PlanePoint& point : points)
    middle.x += point.x, middle.y += point.y;
  for (PlanePoint& point : points)
    point.x -= middle.x / static_cast<double>(points.size()), point.y -= middle.y / static_cast<double>(points.size());
}

// Centred, its first coordinate as spread out as asked.
void shrink(std::vector<PlanePoint>& points) {
  centre(points);
  double squares = 0;
  for (const PlanePoint& point : points)
    squares += point.x * point.x;
  const double factor = squares > 0 ? startSpread / std::sqrt(squares / static_cast<double>(points.size())) : 1;
  for (PlanePoint& point : points)
    point.x *= factor, point.y *= factor;
}

// Both ways, all weights together 1.
NeighbourGraph affinities(const NearestVectors& nearest, double perplexity) {
  std::vector<float> weights(nearest.ids.size());
  shareOut((nearest.count + together - 1) / together, [&](std::int64_t unit) {
    for (std::int64_t i = unit * together; i < std::min(nearest.count, (unit + 1) * together); ++i)
      std::ranges::copy(perplexityWeights(nearest.distancesOf(i), perplexity), weights.begin() + i * nearest.k);
  });
  const auto all = static_cast<float>(2 * nearest.count);
  return joinBothWays(nearest, weights, [all](float there, float back) { return (there + back) / all; });
}

}  // namespace

std::vector<double> perplexityWeights(std::span<const float> distances, double perplexity) {
  std::vector<double> weights(distances.size());
  if (distances.empty()) return weights;
  const double wanted = std::log(std::min(perplexity, static_cast<double>(distances.size()))), least = distances.front();
  double beta = 1, low = 0, high = 0;  // 1 / (2 sigma^2); high 0: not known yet
  for (int attempt = 0; attempt < 100; ++attempt) {
    double sum = 0, weighed = 0;
    for (std::size_t i = 0; i < distances.size(); ++i) {
      const double squared = static_cast<double>(distances[i]) * distances[i] - least * least;
      weights[i] = std::exp(-beta * squared);
      sum += weights[i], weighed += squared * weights[i];
    }
    for (double& weight : weights)
      weight /= sum;
    const double entropy = std::log(sum) + beta * weighed / sum;
    if (std::abs(entropy - wanted) < 1e-5) break;
    if (entropy > wanted)
      low = beta, beta = high > 0 ? (low + high) / 2 : beta * 2;
    else
      high = beta, beta = (low + high) / 2;
  }
  return weights;
}

std::vector<PlanePoint> tsne(const NearestVectors& nearest, std::vector<PlanePoint> points, const TsneOptions& options,
                             const Watch& watch) {
  const NeighbourGraph graph = affinities(nearest, options.perplexity);
  const auto count = static_cast<std::int64_t>(points.size());
  const int steps = options.iterations > 0 ? options.iterations : count <= 10000 ? 1000 : 750;
  const double angle = options.angle > 0 ? options.angle : count <= 10000 ? 0.5 : 0.7;
  const double rate = std::max(static_cast<double>(count) / options.exaggeration / 4, 50.0);
  std::vector<Motion> motions(points.size());
  std::vector<PlanePoint> pulls(points.size());
  std::vector<QuadTree::Push> pushes(points.size());
  shrink(points);
  for (int step = 0; step < steps; ++step) {
    watch.at(static_cast<double>(step) / steps);
    const QuadTree tree(points);
    if (step == options.exaggerated) std::ranges::fill(motions, Motion{});  // another pull: from rest, as scikit-learn
    const auto units = (count + together - 1) / together;
    shareOut(units, [&](std::int64_t unit) {
      for (std::int64_t place = unit * together; place < std::min(count, (unit + 1) * together); ++place) {
        const auto i = static_cast<std::size_t>(tree.order()[static_cast<std::size_t>(place)]);
        pushes[i] = tree.pushAt(points[i], angle);
        PlanePoint pull;
        for (auto edge = static_cast<std::size_t>(graph.offsets[i]); edge < static_cast<std::size_t>(graph.offsets[i + 1]); ++edge) {
          const PlanePoint& other = points[static_cast<std::size_t>(graph.ids[edge])];
          const double x = points[i].x - other.x, y = points[i].y - other.y, force = graph.weights[edge] / (1 + x * x + y * y);
          pull.x += force * x, pull.y += force * y;
        }
        pulls[i] = pull;
      }
    });
    double sum = 0;
    for (const QuadTree::Push& push : pushes)
      sum += push.sum - 1;
    const double pulling = step < options.exaggerated ? options.exaggeration : 1, momentum = step < earlyMomentum ? 0.5 : 0.8;
    shareOut(units, [&](std::int64_t unit) {
      for (std::int64_t place = unit * together; place < std::min(count, (unit + 1) * together); ++place) {
        const auto i = static_cast<std::size_t>(place);
        Motion& motion = motions[i];
        move(points[i].x, motion.step.x, motion.gain.x, 4 * (pulling * pulls[i].x - pushes[i].x / sum), momentum, rate);
        move(points[i].y, motion.step.y, motion.gain.y, 4 * (pulling * pulls[i].y - pushes[i].y / sum), momentum, rate);
      }
    });
    centre(points);
  }
  return points;
}

PlanePoint placeAmong(const std::vector<PlanePoint>& points, const QuadTree& tree, std::span<const std::int32_t> nearest,
                      std::span<const float> distances) {
  const std::vector<double> weights = perplexityWeights(distances, placedPerplexity);
  PlanePoint at;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    at.x += weights[i] * points[static_cast<std::size_t>(nearest[i])].x;
    at.y += weights[i] * points[static_cast<std::size_t>(nearest[i])].y;
  }
  for (int step = 0; step < placedSteps; ++step) {
    const QuadTree::Push push = tree.pushAt(at, 0.5);
    PlanePoint gradient{-push.x / std::max(push.sum, 1e-12), -push.y / std::max(push.sum, 1e-12)};
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      const PlanePoint& other = points[static_cast<std::size_t>(nearest[i])];
      const double x = at.x - other.x, y = at.y - other.y, force = weights[i] / (1 + x * x + y * y);
      gradient.x += force * x, gradient.y += force * y;
    }
    const double length = std::hypot(gradient.x, gradient.y), factor = length > longestStep ? longestStep / length : 1;
    at.x -= factor * gradient.x, at.y -= factor * gradient.y;
  }
  return at;
}

}  // namespace incipit
