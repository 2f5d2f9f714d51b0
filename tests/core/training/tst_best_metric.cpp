// Which measure decides: each by itself, its ties, and a run that is kept and stopped by it.
#include "core/model/frozen_model.h"
#include "core/training/best_metric.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/recorded.h"

#include <ATen/TensorOperators.h>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

// Texts of four classes' worth of numbers, whose labels are turned round for validation: learning makes it worse, and not evenly.
TrainingInput inputOf(const Reference& reference, const std::shared_ptr<const FrozenModel>& model) {
  Examples examples;
  const at::Tensor ids = reference["fwd.full.input_ids"], labels = reference["train.labels"];
  examples.classes = {"LABEL_0", "LABEL_1", "LABEL_2"};
  for (std::int64_t row = 0; row < ids.size(0); ++row) {
    Example example;
    for (std::int64_t column = 0; column < ids.size(1); ++column)
      example.ids.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
    example.classIndex = static_cast<int>(labels[row].item<std::int64_t>());
    examples.items.push_back(std::move(example));
  }
  Examples other;
  other.classes = examples.classes;
  for (std::size_t i = 0; i < examples.items.size(); ++i) {
    Example example = examples.items[i];
    if (i == 0) example.classIndex = 1;
    other.items.push_back(example);
  }
  SoftPrompt start;
  start.rows = Matrix(3, model->card().hiddenSize);
  for (std::size_t i = 0; i < start.rows.values.size(); ++i)
    start.rows.values[i] = 0.02F * static_cast<float>(i % 7) - 0.06F;
  start.origin.task = PromptTask::SeqCls;
  start.head = model->head();
  return {model, std::make_shared<const Examples>(examples), std::make_shared<const Examples>(other), start, nullptr};
}

struct Watched {
  TrainingResult result;
  std::vector<Evaluated> looks;
  std::string reason;
};

Watched watched(const TrainingPlan& plan, const TrainingInput& input) {
  Watched seen;
  seen.result = train(plan, input, [&](const TrainingEvent& event) {
    if (const auto* evaluated = std::get_if<Evaluated>(&event)) seen.looks.push_back(*evaluated);
    if (const auto* finished = std::get_if<Finished>(&event)) seen.reason = finished->reason;
  });
  return seen;
}

Measures measuresOf(const Evaluated& look) { return {look.loss, look.accuracy, look.labelLoss, look.f1Macro}; }

}  // namespace

TEST_CASE("a measure compares by itself, and equal shares by the loss of the labels") {
  const Measures sure{0.9, 0.8, 0.3, 0.6}, unsure{0.5, 0.8, 0.4, 0.7}, wrong{0.4, 0.7, 0.2, 0.5};
  CHECK(isBetter(BestMetric::Loss, wrong, sure) && !isBetter(BestMetric::Loss, sure, unsure));
  CHECK(isBetter(BestMetric::LabelLoss, sure, unsure) && isBetter(BestMetric::LabelLoss, wrong, sure));
  CHECK(isBetter(BestMetric::Accuracy, sure, unsure) && !isBetter(BestMetric::Accuracy, unsure, sure));
  CHECK(isBetter(BestMetric::Accuracy, unsure, wrong) && !isBetter(BestMetric::Accuracy, wrong, sure));
  CHECK(isBetter(BestMetric::MacroF1, unsure, sure) && !isBetter(BestMetric::MacroF1, sure, unsure));
  for (const auto metric : {BestMetric::Loss, BestMetric::LabelLoss, BestMetric::Accuracy, BestMetric::MacroF1})
    CHECK(!isBetter(metric, sure, sure));
}

TEST_CASE("auto is accuracy where there are classes; what needs labels is refused without them") {
  CHECK(settled(BestMetric::Auto, {"a", "b"}) == BestMetric::Accuracy);
  CHECK(settled(BestMetric::Auto, {}) == BestMetric::Loss);
  CHECK_THROWS(settled(BestMetric::MacroF1, {}), "no labels to measure it by");
  CHECK(planFrom(Json::object(), "plan.json").metricForBestModel == BestMetric::Loss);  // of a plan from before there was a choice
  CHECK(planFrom(freshPlan(), "plan.json").metricForBestModel == BestMetric::Auto);
}

TEST_CASE("a run keeps the prompt that is best by its plan's measure, says so, and stops early by it") {
  const Reference reference("bert_seqcls");
  const auto model = openModel(fixtures() / "bert_seqcls" / "model", {Precision::Fp32, "cpu"});
  const TrainingInput input = inputOf(reference, model);
  TrainingPlan plan;
  plan.learningRate = 0.01, plan.headLearningRate = 0.01;
  plan.schedule = Schedule::Constant;
  plan.validation = "held_out.csv";  // the loop itself never opens it
  plan.steps = 24, plan.batchSize = 4, plan.evalEvery = 1;
  for (const auto metric : {BestMetric::Loss, BestMetric::LabelLoss, BestMetric::Accuracy, BestMetric::MacroF1}) {
    plan.metricForBestModel = metric;
    plan.earlyStoppingPatience = 0;
    const Watched run = watched(plan, input);
    std::size_t best = 0;
    for (std::size_t i = 1; i < run.looks.size(); ++i)
      if (isBetter(metric, measuresOf(run.looks[i]), measuresOf(run.looks[best]))) best = i;
    CHECK_EQUAL(run.result.summary.bestStep, run.looks[best].step);
    CHECK_EQUAL(run.result.summary.why, whyKept(metric));
    CHECK(run.result.summary.labelLoss == run.looks[best].labelLoss && run.result.summary.f1Macro == run.looks[best].f1Macro);

    plan.earlyStoppingPatience = 2;
    const Watched early = watched(plan, input);
    if (early.result.summary.steps < plan.steps) CHECK_EQUAL(early.reason, "early stopping: " + whyStopped(metric));
  }
}
