// Whether a model that says 80 % is right in 80 of 100 cases (Guo et al. 2017, "On calibration of modern neural networks").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

// A bar of the reliability curve: predictions whose confidence is above `low` and at most `high`.
struct ReliabilityBin {
  double low = 0, high = 0;
  std::int64_t count = 0;
  double confidence = 0, accuracy = 0;  // means of the bar; 0 where it is empty
};

// `confidence`: the probability of the class that was answered, 0 to 1; `correct`: whether it is the right one. Bars of equal width.
std::vector<ReliabilityBin> reliabilityCurve(std::span<const double> confidence, const std::vector<bool>& correct, int bins = 10);

// The mean distance between confidence and accuracy, bars weighted by their count (ECE).
double expectedCalibrationError(const std::vector<ReliabilityBin>& curve);

}  // namespace incipit
