#include "core/metrics/calibration.h"

#include <algorithm>
#include <cmath>

namespace incipit {

std::vector<ReliabilityBin> reliabilityCurve(std::span<const double> confidence, const std::vector<bool>& correct, int bins) {
  std::vector<ReliabilityBin> curve(static_cast<std::size_t>(bins));
  for (int i = 0; i < bins; ++i)
    curve[static_cast<std::size_t>(i)] = {static_cast<double>(i) / bins, static_cast<double>(i + 1) / bins};
  for (std::size_t i = 0; i < confidence.size(); ++i) {
    const auto fits = [&](const ReliabilityBin& bin) { return confidence[i] <= bin.high; };
    auto bin = std::find_if(curve.begin(), curve.end(), fits);
    if (bin == curve.end()) bin = std::prev(curve.end());
    ++bin->count;
    bin->confidence += confidence[i];
    bin->accuracy += correct[i] ? 1 : 0;
  }
  for (ReliabilityBin& bin : curve)
    if (bin.count > 0) bin.confidence /= static_cast<double>(bin.count), bin.accuracy /= static_cast<double>(bin.count);
  return curve;
}

double expectedCalibrationError(const std::vector<ReliabilityBin>& curve) {
  double sum = 0;
  std::int64_t total = 0;
  for (const ReliabilityBin& bin : curve) {
    sum += static_cast<double>(bin.count) * std::abs(bin.confidence - bin.accuracy);
    total += bin.count;
  }
  return total == 0 ? 0 : sum / static_cast<double>(total);
}

}  // namespace incipit
