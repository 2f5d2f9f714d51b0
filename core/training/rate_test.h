// A learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks"): the rate rises from far too small to far
// too large while a prompt is trained, and the loss says between which rates it learns. Nothing of a run is touched: it works on copies.
#pragma once

#include "core/training/train.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

struct RateRange {
  double from = 0, to = 0;   // 0: those in which the plan's optimiser learns anything
  std::int64_t steps = 60;   // from one to the other, each by the same factor
  std::int64_t repeats = 3;  // side by side in one pass: other orders of the data and other networks for the rows
};

struct RatePoint {
  double rate = 0;
  double loss = 0;           // after a step at this rate, smoothed, the mean of the repeats; nats as the training's
  double low = 0, high = 0;  // of the repeats
};

struct RateTest {
  std::string knob;  // the plan's key that the rates are of: "learning_rate", or the network's where it does the learning
  std::vector<RatePoint> curve;
  double startLoss = 0;   // before the first step
  bool exploded = false;  // the test ended because the loss did
  double suggested = 0;
  std::string reason;  // one or two sentences: what in the curve says so
};

// The key whose rates are tested. What an MLP or LSTM yields moves by its own rate; the rows that enter it hardly matter.
const char* testedRate(const TrainingPlan& plan);
double rateOf(const TrainingPlan& plan, const char* knob);
void setRate(TrainingPlan& plan, const char* knob, double rate);

// nullopt: the stop came first. `tell` hears the curve as far as it is, and of how many points it will be at most.
using RateListener = std::function<void(const std::vector<RatePoint>& curve, std::int64_t all)>;
std::optional<RateTest> testRates(const TrainingPlan& plan, const TrainingInput& input, const RateListener& tell = {},
                                  std::stop_token stop = {}, RateRange range = {});

// Its rule by itself: what a curve suggests, and why.
void suggest(RateTest& test);

}  // namespace incipit
