// Which rate a curve suggests, and why: the rule of rate_test.h.
#include "core/training/rate_test.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace incipit {
namespace {

// Behind the steepest part of the curve and before its flat end, where larger rates learn no more and only shake.
constexpr double shareOfFall = 0.75;
constexpr double worthIt = 0.1;  // a loss that falls by less than this share of itself says little

std::string written(double value, const char* format = "%.2g") {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}
std::string loss(double value) { return written(value, "%.3g"); }

std::size_t lowestOf(const std::vector<RatePoint>& curve) {
  return static_cast<std::size_t>(
      std::min_element(curve.begin(), curve.end(), [](const RatePoint& a, const RatePoint& b) { return a.loss < b.loss; }) - curve.begin());
}

// Nothing is there to be learned quickly (a head that starts from a probe): a rate that does no harm, with room above.
void suggestHarmless(RateTest& test) {
  const auto& curve = test.curve;
  double noise = 0;
  for (const RatePoint& point : curve)
    noise += (point.high - point.low) / static_cast<double>(curve.size());
  std::size_t last = 0;  // before the loss rises for good
  for (std::size_t i = 0; i < curve.size(); ++i)
    if (curve[i].loss <= test.startLoss + noise) last = i;
  test.suggested = curve[last].rate / 10;
  test.reason = "The loss hardly falls at any rate within so few steps (" + loss(test.startLoss) + " at first, " +
                loss(curve[lowestOf(curve)].loss) + " at best). " +
                (last + 1 < curve.size() ? "Above " + written(curve[last].rate) + " it rises; " : "It never rises; ") +
                "a tenth of that leaves room.";
}

}  // namespace

void suggest(RateTest& test) {
  const auto& curve = test.curve;
  if (curve.empty()) return;
  const std::size_t lowest = lowestOf(curve);
  if (test.startLoss - curve[lowest].loss < worthIt * std::abs(test.startLoss)) return suggestHarmless(test);
  const double wanted = test.startLoss - shareOfFall * (test.startLoss - curve[lowest].loss);
  const auto there = std::find_if(curve.begin(), curve.end(), [&](const RatePoint& point) { return point.loss <= wanted; });
  test.suggested = there->rate;
  test.reason = "The loss falls from " + loss(test.startLoss) + " before the first step to " + loss(curve[lowest].loss) + " at a rate of " +
                written(curve[lowest].rate) + ". Three quarters of that are done at " + written(test.suggested) +
                ": below, the rate learns less than it could, far above, it shakes and learns no more." +
                (test.exploded ? " At " + written(curve.back().rate) + " the loss exploded." : "");
}

}  // namespace incipit
