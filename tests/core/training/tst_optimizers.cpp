// The optimisers against PyTorch's own and lion-pytorch's, and by hand where a step is simple enough.
#include "core/prompt/soft_prompt.h"
#include "core/training/optimizers/optimizer.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace incipit;
using namespace incipit::test;

namespace {

TrainingPlan planWith(Optimizer optimizer, double weightDecay = 0) {
  TrainingPlan plan;
  plan.optimizer = optimizer;
  plan.weightDecay = weightDecay;
  return plan;
}

std::vector<const Matrix*> parts(const SoftPrompt& prompt) { return trainedParts(prompt); }

void update(PromptOptimizer& optimizer, SoftPrompt& prompt, const std::vector<Matrix>& gradients, double learningRate) {
  const std::vector<Matrix*> trained = trainedParts(prompt);
  optimizer.step(trained, gradients, std::vector<double>(trained.size(), learningRate));
}

// Five steps from the same start by the gradients sin(3 t + 2 i + j), as the reference figures below were made.
std::vector<float> afterFiveSteps(const TrainingPlan& plan) {
  SoftPrompt prompt;
  prompt.rows = Matrix(2, 3);
  prompt.rows.values = {0.5F, -1, 2, 0, 0.25F, -3};
  PromptOptimizer optimizer(plan, parts(prompt));
  for (int t = 1; t <= 5; ++t) {
    Matrix gradient(2, 3);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 3; ++j)
        gradient.row(i)[static_cast<std::size_t>(j)] = static_cast<float>(std::sin(3.0 * t + 2 * i + j));
    update(optimizer, prompt, {gradient}, plan.learningRate);
  }
  return prompt.rows.values;
}

void checkValues(const std::vector<float>& values, const std::array<double, 6>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK_CLOSE(values[i], expected[i], 1e-6);
}

}  // namespace

TEST_CASE("SGD with momentum and decay is torch.optim.SGD") {
  TrainingPlan plan = planWith(Optimizer::Sgd, 0.05);
  plan.learningRate = 0.1;
  plan.momentum = 0.8;
  checkValues(afterFiveSteps(plan), {0.437871337, -0.800183654, 2.07364988, 0.187821165, 0.29595837, -2.95147967});
}

TEST_CASE("Lion is lion-pytorch's, with 0.99 for its second beta where nobody says another") {
  TrainingPlan plan = planWith(Optimizer::Lion, 0.1);
  plan.learningRate = 0.01;
  checkValues(afterFiveSteps(plan), {0.487524956, -0.985030055, 2.00000048, 0.00998003967, 0.258732498, -2.99501014});
  plan.adamBeta2 = 0.99;
  checkValues(afterFiveSteps(plan), {0.487524956, -0.985030055, 2.00000048, 0.00998003967, 0.258732498, -2.99501014});
}

TEST_CASE("AdamW takes its betas and epsilon as torch.optim.AdamW does") {
  TrainingPlan plan = planWith(Optimizer::AdamW, 0.05);
  plan.learningRate = 0.1;
  plan.adamBeta1 = 0.8, plan.adamBeta2 = 0.95, plan.adamEpsilon = 1e-3;
  checkValues(afterFiveSteps(plan), {0.395344794, -0.83639431, 2.07953024, 0.129032999, 0.351021767, -3.06671834});
}

TEST_CASE("Adafactor's first update by hand: a gradient of rank one becomes its sign, clipped to a root mean square of one") {
  // With decay 1 - 1^-0.8 = 0 the moments are those of the first gradient; g = r c^T gives variance = g^2, so the update is +-1.
  SoftPrompt prompt;
  prompt.rows = Matrix(2, 3);
  PromptOptimizer optimizer(planWith(Optimizer::Adafactor), parts(prompt));
  Matrix gradient(2, 3);
  gradient.values = {1, -2, 4, 3, -6, 12};
  update(optimizer, prompt, {gradient}, 0.3);
  for (std::size_t i = 0; i < 6; ++i)
    CHECK_CLOSE(prompt.rows.values[i], gradient.values[i] > 0 ? -0.3 : 0.3, 1e-6);
}

TEST_CASE("AdamW's first update is the rate times the gradient's sign, its later ones the formula's in double") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 3);
  PromptOptimizer optimizer(planWith(Optimizer::AdamW), parts(prompt));
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
    update(optimizer, prompt, {gradient}, rate);
    for (std::size_t i = 0; i < 3; ++i)  // 1 - 0.999f in place of 0.001 is off by 3e-6 in the first step
      CHECK_CLOSE(prompt.rows.values[i], value[i], 3e-7 * step);
  }
}

TEST_CASE("decay alone shrinks the prompt") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 2);
  prompt.rows.values = {2, -4};
  PromptOptimizer optimizer(planWith(Optimizer::AdamW, 0.5), parts(prompt));
  update(optimizer, prompt, {Matrix(1, 2)}, 0.1);
  CHECK_CLOSE(prompt.rows.values[0], 1.9, 1e-6);
  CHECK_CLOSE(prompt.rows.values[1], -3.8, 1e-6);
}

TEST_CASE("the parts of a head are stepped as the rows are, each with moments of its own") {
  SoftPrompt prompt;
  prompt.rows = Matrix(1, 2);
  prompt.head = blankHead(HeadKind::Linear, 2, 3);
  for (const Optimizer kind : {Optimizer::AdamW, Optimizer::Adafactor, Optimizer::Sgd, Optimizer::Lion}) {
    PromptOptimizer optimizer(planWith(kind), parts(prompt));
    const bool two = kind == Optimizer::AdamW || kind == Optimizer::Adafactor;
    CHECK_EQUAL(optimizer.moments().size(), std::size_t{two ? 6U : 3U});
    std::vector<Matrix> gradients;
    for (Matrix* part : trainedParts(prompt)) {
      std::fill(part->values.begin(), part->values.end(), 1.0f);
      gradients.emplace_back(part->rows, part->columns).values.assign(part->values.size(), 0.5f);
    }
    update(optimizer, prompt, gradients, kind == Optimizer::Sgd ? 0.2 : 0.1);  // the first step goes as far as the rate says; SGD's, times g
    for (const Matrix* part : trainedParts(prompt))
      for (const float value : part->values)
        CHECK_CLOSE(value, 0.9, 1e-5);
  }
}
