// The learning-rate range test: its rule on recorded curves, and that it leaves everything as it was.
#include "core/model/frozen_model.h"
#include "core/training/rate_test.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/reference_examples.h"

#include <ATen/TensorOperators.h>
#include <cmath>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

TrainingPlan fixturePlan() {
  TrainingPlan plan;
  plan.batchSize = 2;
  plan.numVirtualTokens = 8;
  return plan;
}

TrainingInput inputOf(const std::string& variant, const Reference& reference) {
  const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
  SoftPrompt start;
  start.rows = Matrix(8, model->card().hiddenSize);
  for (std::size_t i = 0; i < start.rows.values.size(); ++i)
    start.rows.values[i] = 0.02F * static_cast<float>(i % 7) - 0.06F;
  return {model, examplesOf(reference), nullptr, start, nullptr};
}

RateTest recorded(std::vector<RatePoint> curve, double startLoss) {
  RateTest test;
  test.knob = "learning_rate";
  test.curve = std::move(curve);
  test.startLoss = startLoss;
  suggest(test);
  return test;
}

void checkWithin(double value, double low, double high) {
  if (!(value >= low && value <= high)) fail(show(value) + " is not from " + show(low) + " to " + show(high), __FILE__, __LINE__);
}

}  // namespace

// Curves of the demo's classification, every third point. The best of a full grid (100 steps, rates a half decade apart, by the loss on the
// validation rows) was 0.03 with both optimisers.
TEST_CASE("the suggestion lies within three times of the best of a full grid") {
  const RateTest adamw =
      recorded({{0.0001, 11.3, 11.1, 11.5}, {0.00018, 11.3, 11.2, 11.3}, {0.000322, 11.2, 11, 11.3},  {0.000579, 11.1, 11.1, 11.2},
                {0.00104, 11, 10.9, 11},    {0.00187, 10.7, 10.6, 10.8}, {0.00335, 10.4, 10.3, 10.4}, {0.00602, 9.4, 9.25, 9.57},
                {0.0108, 8.26, 8.04, 8.44}, {0.0194, 6.55, 6.28, 6.75},  {0.0349, 4.87, 4.76, 5.06},  {0.0626, 3.55, 3.53, 3.57},
                {0.112, 2.64, 2.58, 2.69},  {0.202, 2.34, 2.2, 2.44},    {0.363, 2.08, 1.96, 2.17},   {0.651, 1.96, 1.87, 2.08},
                {1.17, 1.93, 1.75, 2.06},   {2.1, 1.92, 1.74, 2.2},      {3.77, 1.84, 1.71, 2.05},    {6.77, 1.72, 1.58, 1.87}},
               11.41);
  checkWithin(adamw.suggested, 0.03 / 3, 0.03 * 3);
  const RateTest adafactor =
      recorded({{0.001, 11.3, 11, 11.5},   {0.0018, 10.9, 10.9, 11},   {0.00322, 10.2, 10.1, 10.4}, {0.00579, 8.74, 8.55, 8.9},
                {0.0104, 6.4, 6.13, 6.61}, {0.0187, 5.61, 5.24, 5.97}, {0.0335, 5.05, 4.77, 5.31},  {0.0602, 5.55, 4.86, 6.42},
                {0.108, 5.85, 5.38, 6.34}, {0.194, 5.31, 5.11, 5.46},  {0.349, 4.64, 4.31, 4.91},   {0.626, 3.91, 3.77, 4.05},
                {1.12, 3.93, 3.34, 4.97},  {2.02, 3.72, 3.19, 4.02},   {3.63, 3.58, 3.43, 3.81},    {6.51, 3.6, 3.47, 3.78},
                {11.7, 3.47, 3.36, 3.66},  {21, 3.54, 2.88, 3.91},     {37.7, 3.69, 3.46, 3.97},    {67.7, 3.43, 3, 4.26}},
               11.41);
  checkWithin(adafactor.suggested, 0.03 / 3, 0.03 * 3);
  CHECK(adamw.reason.find("Three quarters") != std::string::npos);
}

TEST_CASE("a loss that hardly falls asks for a tenth of the rate above which it rises") {
  const RateTest flat = recorded({{1e-3, 0.40, 0.38, 0.42}, {1e-2, 0.39, 0.37, 0.41}, {1e-1, 0.40, 0.38, 0.42}, {1, 0.9, 0.8, 1.0}}, 0.4);
  CHECK_CLOSE(flat.suggested, 0.01, 1e-9);
  CHECK(flat.reason.find("Above 0.1 it rises") != std::string::npos);
}

TEST_CASE("a test is the same whenever it is done, changes nothing, and ends when it is stopped") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.learningRate = 0.02;
  const TrainingInput input = inputOf("gpt2", reference);
  const SoftPrompt before = input.start;
  RateRange range;
  range.steps = 20, range.repeats = 2, range.from = 1e-3, range.to = 1;
  std::size_t told = 0;
  const auto tell = [&](const std::vector<RatePoint>& curve, std::int64_t all) {
    CHECK_EQUAL(all, std::int64_t{20});
    CHECK_EQUAL(curve.size(), ++told);
  };
  const auto one = testRates(plan, input, tell, {}, range), other = testRates(plan, input, {}, {}, range);
  CHECK(one && other);
  CHECK_EQUAL(one->curve.size(), told);
  for (std::size_t i = 0; i < one->curve.size(); ++i) {
    CHECK_EQUAL(one->curve[i].loss, other->curve[i].loss);
    CHECK(one->curve[i].low <= one->curve[i].loss && one->curve[i].loss <= one->curve[i].high);
    CHECK_CLOSE(one->curve[i].rate, 1e-3 * std::pow(1000.0, static_cast<double>(i) / 19), 1e-9);
  }
  CHECK(input.start.rows == before.rows);
  CHECK(one->curve.back().loss < one->startLoss);

  std::stop_source stop;
  stop.request_stop();
  CHECK(!testRates(plan, input, {}, stop.get_token(), range));
}

TEST_CASE("every optimiser and network has a test of the rate that does its learning") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  RateRange range;
  range.steps = 10, range.repeats = 1;
  for (const auto optimizer : {Optimizer::AdamW, Optimizer::Adafactor, Optimizer::Sgd, Optimizer::Lion})
    for (const auto network : {Reparametrization::None, Reparametrization::Mlp, Reparametrization::Lstm, Reparametrization::Residual,
                               Reparametrization::LowRank}) {
      plan.optimizer = optimizer;
      plan.reparametrization = network;
      plan.encoderHiddenSize = 4;
      const auto test = testRates(plan, inputOf("gpt2", reference), {}, {}, range);
      const bool byNetwork = network == Reparametrization::Mlp || network == Reparametrization::Lstm;
      CHECK_EQUAL(test->knob, byNetwork ? "reparametrization_learning_rate" : "learning_rate");
      CHECK(std::isfinite(test->suggested) && test->suggested > 0);
      CHECK(!test->reason.empty());
      setRate(plan, test->knob.c_str(), test->suggested);
      CHECK_EQUAL(rateOf(plan, testedRate(plan)), test->suggested);
    }
}
