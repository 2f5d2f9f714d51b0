#include "core/inspection/kept_distances.h"

#include "core/inspection/vectors.h"
#include "core/model/kernels/share_out.h"
#include "core/model/weights/packed_weight.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace incipit {
namespace {

constexpr std::int64_t askedTogether = 16;  // points of the sample for which all rows are read once

struct Judged {
  double strangers = 0;  // sum over the k nearest in the picture of how far behind k they stand
  std::int64_t kept = 0;
};

std::vector<double> distancesFrom(const Matrix& rows, std::int64_t i) {
  std::vector<double> distances;
  distances.reserve(static_cast<std::size_t>(rows.rows));
  for (std::int64_t j = 0; j < rows.rows; ++j)
    distances.push_back(distance(rows.row(i), rows.row(j)));
  return distances;
}

// Squared, of each of the asked ones, by one product; for their order alone.
std::vector<std::vector<double>> distancesFrom(const Matrix& rows, const std::vector<float>& squares, std::span<const std::int64_t> asked) {
  const at::NoGradGuard noGrad;
  Matrix from(static_cast<std::int64_t>(asked.size()), rows.columns);
  for (std::size_t i = 0; i < asked.size(); ++i)
    std::ranges::copy(rows.row(asked[i]), from.row(static_cast<std::int64_t>(i)).begin());
  const at::Tensor all = at::from_blob(const_cast<float*>(rows.values.data()), {rows.rows, rows.columns});
  PackedWeight sample(at::from_blob(from.values.data(), {from.rows, from.columns}).t(), at::Tensor());
  const at::Tensor dots = sample.forward(all, at::Tensor(), at::kFloat, true);  // [N, asked]
  std::vector<std::vector<double>> distances(asked.size(), std::vector<double>(squares.size()));
  const float* dot = dots.data_ptr<float>();
  for (std::size_t j = 0; j < squares.size(); ++j)
    for (std::size_t i = 0; i < asked.size(); ++i)
      distances[i][j] = static_cast<double>(squares[static_cast<std::size_t>(asked[i])]) + squares[j] - 2.0 * *dot++;
  return distances;
}

std::vector<double> distancesFrom(const std::vector<PlanePoint>& points, std::int64_t i) {
  std::vector<double> distances;
  distances.reserve(points.size());
  const PlanePoint& from = points[static_cast<std::size_t>(i)];
  for (const PlanePoint& to : points)
    distances.push_back(std::hypot(from.x - to.x, from.y - to.y));
  return distances;
}

// Of point i, which is left out itself; ties go to the smaller place.
Judged judge(const std::vector<double>& high, const std::vector<double>& low, std::int64_t i, std::int64_t k) {
  std::vector<std::int64_t> near(low.size());
  std::iota(near.begin(), near.end(), 0);
  near.erase(near.begin() + i);
  const auto nearer = [&](std::int64_t a, std::int64_t b) {
    const double there = low[static_cast<std::size_t>(a)], here = low[static_cast<std::size_t>(b)];
    return there != here ? there < here : a < b;
  };
  std::partial_sort(near.begin(), near.begin() + k, near.end(), nearer);
  Judged judged;
  for (std::int64_t place = 0; place < k; ++place) {
    const std::int64_t j = near[static_cast<std::size_t>(place)];
    const double mine = high[static_cast<std::size_t>(j)];
    std::int64_t rank = 1;  // among the nearest in many dimensions
    for (std::int64_t other = 0; other < static_cast<std::int64_t>(high.size()); ++other) {
      const double theirs = high[static_cast<std::size_t>(other)];
      if (other != i && (theirs < mine || (theirs == mine && other < j))) ++rank;
    }
    rank <= k ? static_cast<void>(++judged.kept) : static_cast<void>(judged.strangers += static_cast<double>(rank - k));
  }
  return judged;
}

double trustOf(double strangers, double judged, double count, double k) {
  return 1 - 2 * strangers / (judged * k * (2 * count - 3 * k - 1));
}

std::vector<double> ranksOf(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]])
      ++end;
    for (std::size_t same = i; same < end; ++same)
      ranks[order[same]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return ranks;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto mean = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(std::max<std::size_t>(1, values.size()));
  };
  const double meanA = mean(a), meanB = mean(b);
  double both = 0, ofA = 0, ofB = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    both += (a[i] - meanA) * (b[i] - meanB), ofA += std::pow(a[i] - meanA, 2), ofB += std::pow(b[i] - meanB, 2);
  return ofA > 0 && ofB > 0 ? both / std::sqrt(ofA * ofB) : 0;
}

void checkNumber(std::int64_t k, std::int64_t count) {
  if (k < 1 || 2 * k >= count)
    throw PlanError("The nearest " + std::to_string(k) + " of " + std::to_string(count) + " points cannot be judged.",
                    "Ask for at least one, and for fewer than half of the points.");
}

}  // namespace

double trustworthiness(const Matrix& high, const Matrix& low, std::int64_t k) {
  checkNumber(k, high.rows);
  double strangers = 0;
  for (std::int64_t i = 0; i < high.rows; ++i)
    strangers += judge(distancesFrom(high, i), distancesFrom(low, i), i, k).strangers;
  return trustOf(strangers, static_cast<double>(high.rows), static_cast<double>(high.rows), static_cast<double>(k));
}

KeptDistances keptDistances(const Matrix& high, const std::vector<PlanePoint>& low, std::int64_t k, std::int64_t sample, std::uint64_t seed,
                            const Watch& watch) {
  checkNumber(k, high.rows);
  std::vector<std::int64_t> judged = Random(seed).permutation(high.rows);
  judged.resize(static_cast<std::size_t>(std::min(sample, high.rows)));
  const std::size_t count = judged.size();
  std::vector<Judged> found(count);
  std::vector<float> squares;
  for (std::int64_t i = 0; i < high.rows; ++i)
    squares.push_back(static_cast<float>(dot(high.row(i), high.row(i))));
  std::vector<std::vector<double>> far(count), near(count);  // of the pairs within the sample
  const auto units = static_cast<std::int64_t>(count + askedTogether - 1) / askedTogether;
  const std::int64_t together = 2 * at::get_num_threads();
  for (std::int64_t begun = 0; begun < units; begun += together) {
    watch.at(static_cast<double>(begun) / static_cast<double>(units));
    shareOut(std::min(together, units - begun), [&](std::int64_t unit) {
      const std::size_t first = static_cast<std::size_t>((begun + unit) * askedTogether);
      const std::span<const std::int64_t> asked = std::span(judged).subspan(first, std::min<std::size_t>(askedTogether, count - first));
      const std::vector<std::vector<double>> distances = distancesFrom(high, squares, asked);
      for (std::size_t i = 0; i < asked.size(); ++i) {
        const std::vector<double>& there = distances[i];
        const std::vector<double> here = distancesFrom(low, asked[i]);
        found[first + i] = judge(there, here, asked[i], k);
        for (std::size_t other = 0; other < first + i; ++other) {
          far[first + i].push_back(there[static_cast<std::size_t>(judged[other])]);
          near[first + i].push_back(here[static_cast<std::size_t>(judged[other])]);
        }
      }
    });
  }
  KeptDistances kept;
  double strangers = 0, inBoth = 0;
  std::vector<double> allFar, allNear;
  for (std::size_t i = 0; i < count; ++i) {
    strangers += found[i].strangers, inBoth += static_cast<double>(found[i].kept);
    allFar.insert(allFar.end(), far[i].begin(), far[i].end());
    allNear.insert(allNear.end(), near[i].begin(), near[i].end());
  }
  kept.k = k, kept.sample = static_cast<std::int64_t>(count), kept.count = high.rows;
  kept.neighbours = inBoth / static_cast<double>(static_cast<std::int64_t>(count) * k);
  kept.trustworthiness = trustOf(strangers, static_cast<double>(count), static_cast<double>(high.rows), static_cast<double>(k));
  kept.order = correlation(ranksOf(allFar), ranksOf(allNear));
  kept.chance = static_cast<double>(k) / static_cast<double>(high.rows - 1);
  return kept;
}

}  // namespace incipit
