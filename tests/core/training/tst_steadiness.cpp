// Noise, dropout, pull and radius: what each does to a step, and that a run which goes on throws the same dice.
#include "core/model/frozen_model.h"
#include "core/training/steadiness.h"
#include "core/training/train.h"
#include "core/training/vocabulary_scale.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/recorded.h"
#include "tests/core/training/reference_examples.h"

#include <cmath>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

struct Setting {
  Setting() : reference("gpt2") {
    plan.precision = Precision::Fp32;
    plan.steps = 10;
    plan.batchSize = 4;
    plan.shuffle = false;
    plan.learningRate = 0.05;
    plan.schedule = Schedule::Constant;
    plan.promptTuningInit = PromptInit::SampleVocabulary;
    input.model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
    input.training = examplesOf(reference);
    std::vector<std::int32_t> words;
    for (std::int32_t id = 3; id < 43; id += 2)
      words.push_back(id);
    input.start.rows = input.model->embeddingRows(words);
  }
  Reference reference;
  TrainingPlan plan;
  TrainingInput input;
};

double distance(std::span<const float> a, std::span<const float> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    squares += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("noise has the deviation that was asked for, and each step its own dice") {
  Setting set;
  set.plan.promptNoise = 0.25;
  Steadiness steadiness(set.plan, set.input.start, *set.input.model);
  const double wanted = 0.25 * vocabularyScale(*set.input.model).deviation;
  double sum = 0, squares = 0, count = 0;
  for (std::int64_t step = 1; step <= 50; ++step) {
    const SoftPrompt read = steadiness.read(set.input.start, step);
    for (std::size_t i = 0; i < read.rows.values.size(); ++i) {
      const double noise = static_cast<double>(read.rows.values[i]) - set.input.start.rows.values[i];
      sum += noise, squares += noise * noise, ++count;
    }
  }
  CHECK_CLOSE(sum / count, 0, 0.02 * wanted);
  CHECK_CLOSE(std::sqrt(squares / count), wanted, 0.02 * wanted);
  CHECK(steadiness.read(set.input.start, 7).rows == steadiness.read(set.input.start, 7).rows);
  CHECK(!(steadiness.read(set.input.start, 7).rows == steadiness.read(set.input.start, 8).rows));
}

TEST_CASE("dropped rows are read as zeros and learn nothing in that step") {
  Setting set;
  set.plan.rowDropout = 0.3;
  Steadiness steadiness(set.plan, set.input.start, *set.input.model);
  std::int64_t dropped = 0;
  for (std::int64_t step = 1; step <= 200; ++step) {
    const SoftPrompt read = steadiness.read(set.input.start, step);
    Matrix gradient(read.rows.rows, read.rows.columns);
    std::ranges::fill(gradient.values, 1.0F);
    steadiness.correct(gradient, set.input.start.rows);
    for (std::int64_t row = 0; row < read.length(); ++row) {
      const bool zero = std::ranges::all_of(read.rows.row(row), [](float value) { return value == 0; });
      dropped += zero;
      CHECK(std::ranges::all_of(gradient.row(row), [&](float value) { return value == (zero ? 0.0F : 1.0F); }));
      if (!zero) CHECK_CLOSE(distance(read.rows.row(row), set.input.start.rows.row(row)), 0, 0);
    }
  }
  const double share = static_cast<double>(dropped) / static_cast<double>(200 * set.input.start.length());
  CHECK_CLOSE(share, 0.3, 0.03);  // four standard deviations
}

TEST_CASE("the pull's gradient is that of half the squared distance, by finite differences") {
  Setting set;
  set.plan.pull = 0.7;
  const Steadiness steadiness(set.plan, set.input.start, *set.input.model);
  Matrix rows = set.input.start.rows;
  for (std::size_t i = 0; i < rows.values.size(); ++i)
    rows.values[i] += 0.1F * static_cast<float>(i % 7);
  Matrix gradient(rows.rows, rows.columns);
  steadiness.correct(gradient, rows);
  const auto energy = [&](std::size_t at, double by) {
    const double away = rows.values[at] + by - set.input.start.rows.values[at];
    return 0.35 * away * away;
  };
  for (const std::size_t at : {std::size_t{1}, std::size_t{12}, rows.values.size() - 1})
    CHECK_CLOSE(gradient.values[at], (energy(at, 1e-4) - energy(at, -1e-4)) / 2e-4, 1e-4);

  const TrainingResult free = run(Setting().plan, set.input).result, pulled = run(set.plan, set.input).result;
  CHECK(distance(pulled.state.prompt.rows.values, set.input.start.rows.values) <
        0.9 * distance(free.state.prompt.rows.values, set.input.start.rows.values));
}

TEST_CASE("readable rows stay within the radius of their words, and those that would leave stand on its edge") {
  Setting set;
  set.plan.readableRadius = 0.2;
  const double radius = 0.2 * vocabularyScale(*set.input.model).median;
  const SoftPrompt after = run(set.plan, set.input).result.state.prompt;
  int edge = 0;
  for (std::int64_t row = 0; row < after.length(); ++row) {
    const double away = distance(after.rows.row(row), set.input.start.rows.row(row));
    CHECK(away <= radius * (1 + 1e-5));
    edge += away > radius * (1 - 1e-4);
  }
  CHECK(edge > 0);
}

TEST_CASE("a run with all of them goes on to the same rows") {
  Setting set;
  set.plan.promptNoise = 0.1, set.plan.rowDropout = 0.1, set.plan.pull = 0.01, set.plan.readableRadius = 0.5;
  const TrainingResult whole = run(set.plan, set.input).result;
  TrainingPlan half = set.plan;
  half.steps = 4;
  half.scheduleSteps = 10;
  TrainingInput onwards = set.input;
  onwards.resume = std::make_shared<const TrainingState>(run(half, set.input).result.state);
  CHECK(run(set.plan, onwards).result.state.prompt.rows == whole.state.prompt.rows);
  CHECK(!(run(Setting().plan, set.input).result.state.prompt.rows == whole.state.prompt.rows));
}
