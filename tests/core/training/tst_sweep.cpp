// Runs that go through the model together have the numbers they have alone.
#include "core/model/frozen_model.h"
#include "core/prompt/recipe.h"
#include "core/support/random.h"
#include "core/training/sweep.h"

#include <cmath>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

std::shared_ptr<const Examples> someExamples(std::uint64_t seed) {
  Random random(seed);
  auto examples = std::make_shared<Examples>();
  for (int row = 0; row < 12; ++row) {
    Example example;
    for (std::uint64_t i = 0, length = 4 + random.below(7); i < length; ++i) {
      example.ids.push_back(static_cast<TokenId>(random.below(220)));
      example.labels.push_back(i > 1 ? example.ids.back() : notScored);
    }
    examples->items.push_back(std::move(example));
  }
  return examples;
}

TrainingPlan planWith(std::int64_t length, double rate, std::int64_t steps) {
  TrainingPlan plan;
  plan.numVirtualTokens = length;
  plan.learningRate = rate;
  plan.steps = steps;
  plan.batchSize = 3;
  plan.precision = Precision::Fp32;
  plan.seed = static_cast<std::uint64_t>(length);
  return plan;
}

struct Recorded {
  std::vector<double> losses, validation;
};

TrainingListener into(Recorded& recorded) {
  return [&recorded](const TrainingEvent& event) {
    if (const auto* step = std::get_if<Stepped>(&event)) recorded.losses.push_back(step->loss);
    if (const auto* evaluated = std::get_if<Evaluated>(&event)) recorded.validation.push_back(evaluated->loss);
  };
}

std::vector<SweepMember> membersOf(const std::shared_ptr<const FrozenModel>& model, std::vector<Recorded>& recorded) {
  // Lengths, rates, optimisers, accumulation, number of steps and validation all differ.
  std::vector<TrainingPlan> plans{planWith(5, 0.05, 9), planWith(2, 0.3, 4), planWith(11, 0.01, 7), planWith(3, 0.1, 6)};
  plans[1].optimizer = Optimizer::Adafactor;
  plans[2].gradientAccumulationSteps = 3;
  recorded.resize(plans.size());
  std::vector<SweepMember> members;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    TrainingInput input{model, someExamples(i), i == 3 ? someExamples(99) : nullptr, {}, nullptr};
    input.start =
        makePrompt({PromptInit::RandomScaled, plans[i].numVirtualTokens, plans[i].seed, {}, SpecialTokens::Add, {}, {}}, *model, nullptr);
    members.push_back({plans[i], input, into(recorded[i]), {}, {}});
  }
  return members;
}

double largestDifference(const Matrix& a, const Matrix& b) {
  double most = a.values.size() == b.values.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < a.values.size() && i < b.values.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.values[i]) - b.values[i]));
  return most;
}

}  // namespace

TEST_CASE("every run of a sweep has exactly the losses it has alone") {
  // The last two turn positions by the longest text of a batch, which the runs of a sweep have on both sides of the border.
  for (const char* variant : {"gpt2", "llama", "llama_longrope", "llama_dynamic"}) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    std::vector<Recorded> together, alone;
    const auto members = membersOf(model, together);
    const auto outcomes = sweep(members);
    const auto single = membersOf(model, alone);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const TrainingResult result = train(single[i].plan, single[i].input, single[i].listener);
      CHECK_EQUAL(together[i].losses.size(), static_cast<std::size_t>(members[i].plan.steps));
      CHECK_EQUAL(together[i].losses.size(), alone[i].losses.size());
      CHECK_EQUAL(together[i].validation.size(), alone[i].validation.size());
      for (std::size_t step = 0; step < alone[i].losses.size(); ++step)
        CHECK(std::abs(together[i].losses[step] - alone[i].losses[step]) <= 1e-5 * alone[i].losses[step]);
      CHECK(outcomes[i].result && outcomes[i].failure.empty());
      CHECK(largestDifference(outcomes[i].result->best.rows, result.best.rows) <= 1e-4);
      CHECK_EQUAL(outcomes[i].result->summary.steps, result.summary.steps);
    }
  }
}

TEST_CASE("a run whose loss is not a number leaves the others alone") {
  const auto model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  std::vector<Recorded> together;
  auto members = membersOf(model, together);
  for (float& value : members[0].input.start.rows.values)
    value = 3e38f;
  const auto outcomes = sweep(members);
  CHECK(!outcomes[0].result && outcomes[0].failure.find("is not a number") != std::string::npos);
  CHECK(together[0].losses.size() < static_cast<std::size_t>(members[0].plan.steps));
  for (std::size_t i = 1; i < members.size(); ++i)
    CHECK(outcomes[i].result && std::isfinite(together[i].losses.back()));
}

TEST_CASE("a sweep over two models, and one with an impossible plan, are refused") {
  const auto model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  std::vector<Recorded> recorded;
  auto members = membersOf(model, recorded);
  members[1].input.model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  CHECK_THROWS(sweep(members), "different models");
  members = membersOf(model, recorded);
  members[2].plan.batchSize = 0;
  CHECK_THROWS(sweep(members), "batch");
  CHECK(sweep({}).empty());
}
