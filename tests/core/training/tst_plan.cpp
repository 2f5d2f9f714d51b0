// Plans: knobs checked before a run starts, and the way through plan.json.
#include "core/training/optimizer.h"
#include "core/training/plan.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// The knob of the first problem after a change to a sound plan.
template <class Change>
std::string problemAfter(Change change) {
  TrainingPlan plan;
  change(plan);
  const auto problems = problemsIn(plan);
  return problems.empty() ? "none" : problems.front().knob;
}

}  // namespace

TEST_CASE("a plan as it comes can start; impossible knobs are named") {
  CHECK_EQUAL(problemAfter([](TrainingPlan&) {}), "none");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.learningRate = 0; }), "learning_rate");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.learningRate = 1e9; }), "learning_rate");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.learningRate = std::nan(""); }), "learning_rate");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.numVirtualTokens = 0; }), "num_virtual_tokens");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.promptTuningInit = PromptInit::Text; }), "prompt_tuning_init_text");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.promptTuningInit = PromptInit::Adapter; }), "init_from");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.steps = 0; }), "steps");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.batchSize = 0; }), "batch_size");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.warmupSteps = 500; }), "warmup_steps");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.earlyStoppingPatience = 3; }), "early_stopping_patience");
}

TEST_CASE("a plan goes through JSON unchanged; unknown keys and wrong kinds are refused") {
  TrainingPlan plan;
  plan.train = "rows.jsonl";
  plan.promptTuningInit = PromptInit::Text;
  plan.promptTuningInitText = "the sea";
  plan.optimizer = Optimizer::Adafactor;
  plan.schedule = Schedule::Cosine;
  plan.learningRate = 0.3;
  plan.seed = 12345678901234567890ull;
  plan.data.verbaliser = {{"0", "no"}, {"1", "yes"}};
  CHECK(toJson(planFrom(toJson(plan), "plan.json")) == toJson(plan));
  CHECK_THROWS(planFrom({{"learning_rat", 1}}, "plan.json"), "Did you mean 'learning_rate'");
  CHECK_THROWS(planFrom({{"steps", "many"}}, "plan.json"), "'steps'");
  CHECK_THROWS(planFrom({{"optimizer", "sgd"}}, "plan.json"), "adamw or adafactor");
  CHECK_THROWS(planFrom(Json::array(), "plan.json"), "no plan");
}

TEST_CASE("schedules are those of transformers: rate of update k is lambda(k - 1)") {
  TrainingPlan plan;
  plan.learningRate = 1;
  plan.warmupSteps = 4;
  plan.schedule = Schedule::Linear;
  CHECK_CLOSE(learningRateAt(plan, 1, 12), 0, 1e-12);
  CHECK_CLOSE(learningRateAt(plan, 3, 12), 0.5, 1e-12);
  CHECK_CLOSE(learningRateAt(plan, 5, 12), 1, 1e-12);
  CHECK_CLOSE(learningRateAt(plan, 9, 12), 0.5, 1e-12);
  plan.schedule = Schedule::Cosine;
  CHECK_CLOSE(learningRateAt(plan, 9, 12), 0.5, 1e-12);
  CHECK_CLOSE(learningRateAt(plan, 7, 12), 0.5 * (1 + std::sqrt(0.5)), 1e-12);
  plan.schedule = Schedule::Constant;
  CHECK_CLOSE(learningRateAt(plan, 12, 12), 1, 1e-12);
}

TEST_CASE("epochs are counted in optimiser steps, the last batch of an epoch may be smaller") {
  TrainingPlan plan;
  plan.epochs = 3;
  plan.batchSize = 8;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{9});
  plan.gradientAccumulationSteps = 2;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{6});
  plan.epochs = 0;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{200});
}

TEST_CASE("Adafactor's first update by hand: a gradient of rank one becomes its sign, clipped to a root mean square of one") {
  // With decay 1 - 1^-0.8 = 0 the moments are those of the first gradient; g = r c^T gives variance = g^2, so the update is +-1.
  SoftPrompt prompt;
  prompt.rows = Matrix(2, 3);
  PromptOptimizer optimizer(Optimizer::Adafactor, prompt, 0.0);
  Matrix gradient(2, 3);
  gradient.values = {1, -2, 4, 3, -6, 12};
  optimizer.step(prompt, {gradient}, 0.3);
  for (std::size_t i = 0; i < 6; ++i)
    CHECK_CLOSE(prompt.rows.values[i], gradient.values[i] > 0 ? -0.3 : 0.3, 1e-6);
}

TEST_CASE("AdamW's first update is the rate times the gradient's sign, its later ones the formula's in double") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 3);
  PromptOptimizer optimizer(Optimizer::AdamW, prompt, 0);
  const double rate = 0.5, gradients[] = {0.3, -2, 1e-3};
  double value[3] = {}, first[3] = {}, second[3] = {};
  for (int step = 1; step <= 5; ++step) {
    Matrix gradient(1, 3);
    for (std::size_t i = 0; i < 3; ++i) {
      gradient.values[i] = static_cast<float>(gradients[i] * step);
      const double g = gradient.values[i];
      first[i] = 0.9 * first[i] + (1 - 0.9) * g;
      second[i] = 0.999 * second[i] + (1 - 0.999) * g * g;
      value[i] -= rate * first[i] / (1 - std::pow(0.9, step)) / (std::sqrt(second[i] / (1 - std::pow(0.999, step))) + 1e-8);
      if (step == 1) CHECK_CLOSE(std::abs(value[i]), rate * std::abs(g) / (std::abs(g) + 1e-8), 1e-12);
    }
    optimizer.step(prompt, {gradient}, rate);
    for (std::size_t i = 0; i < 3; ++i)  // 1 - 0.999f in place of 0.001 is off by 3e-6 in the first step
      CHECK_CLOSE(prompt.rows.values[i], value[i], 3e-7 * step);
  }
}

TEST_CASE("decay alone shrinks the prompt") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 2);
  prompt.rows.values = {2, -4};
  PromptOptimizer optimizer(Optimizer::AdamW, prompt, 0.5);
  optimizer.step(prompt, {Matrix(1, 2)}, 0.1);
  CHECK_CLOSE(prompt.rows.values[0], 1.9, 1e-6);
  CHECK_CLOSE(prompt.rows.values[1], -3.8, 1e-6);
}

TEST_CASE("the parts of a head are stepped as the rows are, each with moments of its own") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 2);
  prompt.head = blankHead(HeadKind::Linear, 2, 3);
  for (const Optimizer kind : {Optimizer::AdamW, Optimizer::Adafactor}) {
    PromptOptimizer optimizer(kind, prompt, 0);
    CHECK_EQUAL(optimizer.moments().size(), std::size_t{6});
    std::vector<Matrix> gradients;
    for (Matrix* part : trainedParts(prompt)) {
      std::fill(part->values.begin(), part->values.end(), 1.0f);
      gradients.emplace_back(part->rows, part->columns).values.assign(part->values.size(), 0.5f);
    }
    optimizer.step(prompt, gradients, 0.1);  // the first step of both goes as far as the rate says
    for (const Matrix* part : trainedParts(prompt))
      for (const float value : part->values)
        CHECK_CLOSE(value, 0.9, 1e-5);
  }
}
