#include "core/metrics/intervals.h"

#include "core/support/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace incipit {
namespace {

void draw(Random& random, std::vector<std::int64_t>& sample) {
  for (std::int64_t& index : sample)
    index = static_cast<std::int64_t>(random.below(sample.size()));
}

// numpy.percentile's default: between two values in proportion.
double percentile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

double meanOver(std::span<const double> values, std::span<const std::int64_t> examples) {
  double sum = 0;
  for (const std::int64_t index : examples)
    sum += values[static_cast<std::size_t>(index)];
  return examples.empty() ? 0 : sum / static_cast<double>(examples.size());
}

}  // namespace

Interval bootstrapInterval(std::int64_t count, const Statistic& statistic, std::uint64_t seed, int draws, double level) {
  std::vector<std::int64_t> sample(static_cast<std::size_t>(count));
  std::iota(sample.begin(), sample.end(), std::int64_t{0});
  const double value = statistic(sample);
  if (count == 0 || draws <= 0) return {value, value, value};
  Random random(seed);
  std::vector<double> values(static_cast<std::size_t>(draws));
  for (double& drawn : values) {
    draw(random, sample);
    drawn = statistic(sample);
  }
  std::sort(values.begin(), values.end());
  return {value, percentile(values, (1 - level) / 2), percentile(values, (1 + level) / 2)};
}

Interval bootstrapMean(std::span<const double> values, std::uint64_t seed, int draws, double level) {
  const auto mean = [values](std::span<const std::int64_t> examples) { return meanOver(values, examples); };
  return bootstrapInterval(static_cast<std::int64_t>(values.size()), mean, seed, draws, level);
}

PairedComparison compareOnSameExamples(std::span<const double> a, std::span<const double> b, std::uint64_t seed, int draws) {
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    differences[i] = b[i] - a[i];
  PairedComparison comparison;
  comparison.deciding = std::count_if(differences.begin(), differences.end(), [](double d) { return d != 0; });
  double better = 0;
  int seen = -1;  // the first call is of the examples as they are
  const auto mean = [&](std::span<const std::int64_t> examples) {
    const double value = meanOver(differences, examples);
    if (seen++ >= 0) better += value > 0 ? 1 : value == 0 ? 0.5 : 0;
    return value;
  };
  comparison.difference = bootstrapInterval(static_cast<std::int64_t>(a.size()), mean, seed, draws);
  comparison.probabilityBetter = seen > 0 ? better / seen : 0.5;
  return comparison;
}

double mcNemar(std::int64_t onlyA, std::int64_t onlyB) {
  const std::int64_t n = onlyA + onlyB, fewer = std::min(onlyA, onlyB);
  if (n == 0) return 1;
  // The lower tail of the binomial distribution with one half, doubled.
  double tail = 0;
  for (std::int64_t k = 0; k <= fewer; ++k)
    tail += std::exp(std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
                     std::lgamma(static_cast<double>(n - k) + 1) - static_cast<double>(n) * std::log(2.0));
  return std::min(1.0, 2 * tail);
}

}  // namespace incipit
