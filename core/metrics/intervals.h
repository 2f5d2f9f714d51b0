// How sure a figure is, by drawing the examples anew (Efron 1979), and which of two prompts is better on the same examples.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace incipit {

struct Interval {
  double value = 0, low = 0, high = 0;
};

// A figure of some examples, named by index; an index may come several times.
using Statistic = std::function<double(std::span<const std::int64_t> examples)>;

// The figure of examples 0 .. count - 1, with the interval that holds `level` of its values over `draws` samples with replacement
// (percentiles, interpolated as numpy does). The same seed gives the same interval.
Interval bootstrapInterval(std::int64_t count, const Statistic& statistic, std::uint64_t seed = 0, int draws = 1000, double level = 0.95);
// The same of a mean of one number an example.
Interval bootstrapMean(std::span<const double> values, std::uint64_t seed = 0, int draws = 1000, double level = 0.95);

// B against A on the same examples; higher scores are better.
struct PairedComparison {
  Interval difference;           // mean of B - A
  double probabilityBetter = 0;  // share of the draws in which B's mean is higher; ties count half
  std::int64_t deciding = 0;     // examples on which the two differ
};
PairedComparison compareOnSameExamples(std::span<const double> a, std::span<const double> b, std::uint64_t seed = 0, int draws = 10000);

// McNemar's exact test, two-sided: how likely is it that two equally good prompts differ so much on the examples that only one gets right?
double mcNemar(std::int64_t onlyA, std::int64_t onlyB);

}  // namespace incipit
