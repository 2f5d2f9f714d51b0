// Plans: knobs checked before a run starts, and the way through plan.json.
#include "core/training/plan_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
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
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.warmupRatio = 1.5; }), "warmup_ratio");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.warmupRatio = 0.1, p.warmupSteps = 5; }), "warmup_steps");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.adamBeta1 = 1; }), "adam_beta1");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.adamBeta2 = std::nan(""); }), "adam_beta2");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.adamEpsilon = 0; }), "adam_epsilon");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.momentum = -0.1; }), "momentum");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.rowDropout = 1; }), "row_dropout");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.readableRadius = 0.5, p.promptTuningInit = PromptInit::RandomScaled; }),
              "readable_radius");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.readableRadius = 0.5, p.promptTuningInit = PromptInit::Random; }), "readable_radius");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.earlyStoppingPatience = 3; }), "early_stopping_patience");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.epochs = std::numeric_limits<std::int64_t>::max(); }), "epochs");
  CHECK_EQUAL(problemAfter([](TrainingPlan& p) { p.gradientAccumulationSteps = 1'000'000'000; }), "gradient_accumulation_steps");
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
  CHECK_THROWS(planFrom({{"optimizer", "adam"}}, "plan.json"), "adamw, adafactor, sgd or lion");
  CHECK_THROWS(planFrom(Json::array(), "plan.json"), "not a plan");
}

namespace {

// Another value of the same kind, allowed and not the default.
struct Other {
  void operator()(std::string* value) const { *value += "other"; }
  void operator()(std::filesystem::path* value) const { *value = "/other/place"; }
  void operator()(bool* value) const { *value = !*value; }
  void operator()(double* value) const { *value = *value / 2 + 0.0625; }
  void operator()(std::map<std::string, std::string>* value) const { *value = {{"1", "yes"}}; }
  void operator()(Optimizer* value) const { *value = Optimizer::Adafactor; }
  void operator()(Reparametrization* value) const { *value = Reparametrization::Residual; }
  void operator()(Schedule* value) const { *value = Schedule::Cosine; }
  void operator()(Precision* value) const { *value = Precision::Bf16; }
  void operator()(PromptInit* value) const { *value = PromptInit::RandomScaled; }
  void operator()(PromptTask* value) const { *value = PromptTask::SeqCls; }
  void operator()(Pooling* value) const { *value = Pooling::Text; }
  void operator()(BestMetric* value) const { *value = BestMetric::MacroF1; }
  void operator()(HeadInit* value) const { *value = HeadInit::Random; }
  void operator()(RowScale* value) const { *value = RowScale::Unscaled; }
  template <class Whole>
  void operator()(Whole* value) const {
    *value += 7;
  }
};

// Every member of the plan, named by hand: structured bindings do not compile when one is missing, or when one more is there.
auto membersOf(TrainingPlan& plan) {
  auto& [model, train, validation, out, initFrom, gemmaPrompt, length, submodules, init, initText, initSpecial, gemmaRows, seed, task,
         pooling, headInit, reparametrization, hidden, networkRate, optimizer, rate, headRate, decay, beta1, beta2, epsilon, momentum,
         schedule, warmup, warmupRatio, scheduleSteps, constantFrom, constantRate, norm, steps, epochs, batch, accumulation, checkpointing,
         shuffle, noise, dropout, pull, radius, precision, device, threads, heldOut, evalEvery, evalRows, bestMetric, patience,
         forgettingText, snapshotEvery, data, defaults] = plan;
  auto& [inputColumn, labelColumn, textTemplate, verbaliser, maxLength, endOfText, chatTemplate, system, chatDate, chat] = data;
  (void)chat;  // opened from the three in front of it
  return std::vector<const void*>{&model,        &train,      &validation,     &out,           &initFrom,          &gemmaPrompt,
                                  &gemmaRows,    &length,     &submodules,     &init,          &initText,          &initSpecial,
                                  &seed,         &task,       &pooling,        &headInit,      &optimizer,         &rate,
                                  &decay,        &schedule,   &warmup,         &norm,          &reparametrization, &hidden,
                                  &networkRate,  &headRate,   &beta1,          &beta2,         &epsilon,           &momentum,
                                  &warmupRatio,  &steps,      &epochs,         &batch,         &accumulation,      &checkpointing,
                                  &shuffle,      &precision,  &device,         &threads,       &evalEvery,         &evalRows,
                                  &bestMetric,   &patience,   &forgettingText, &snapshotEvery, &inputColumn,       &labelColumn,
                                  &textTemplate, &verbaliser, &maxLength,      &endOfText,     &scheduleSteps,     &constantFrom,
                                  &constantRate, &heldOut,    &chatTemplate,   &system,        &chatDate,          &noise,
                                  &dropout,      &pull,       &radius};
}

}  // namespace

TEST_CASE("every member of a plan has its one field, and every field goes through plan.json") {
  TrainingPlan plan;
  std::vector<const void*> members = membersOf(plan), fields;
  for (const PlanField& field : planFields()) {
    fields.push_back(std::visit([](const auto* value) -> const void* { return value; }, field.in(plan)));
    CHECK(planField(field.key) == &field);

    TrainingPlan other;
    std::visit(Other{}, field.in(other));
    const Json json = toJson(other);
    TrainingPlan back = planFrom(json, "plan.json");
    CHECK(toJson(back) == json);
    const auto found = differences(TrainingPlan{}, back);
    CHECK_EQUAL(found.size(), std::size_t{1});
    CHECK_EQUAL(found.front().knob, std::string(field.key));
    CHECK(found.front().before != found.front().after);
  }
  std::sort(members.begin(), members.end());
  std::sort(fields.begin(), fields.end());
  CHECK(members == fields);
}

TEST_CASE("whole numbers are whole, in range, and nothing else") {
  const auto steps = [](const char* value) {
    return planFrom(parseJson(std::string("{\"steps\": ") + value + "}", "x"), "plan.json").steps;
  };
  CHECK_EQUAL(steps("7"), std::int64_t{7});
  CHECK_EQUAL(steps("7.0"), std::int64_t{7});
  CHECK_EQUAL(steps("null"), std::int64_t{200});
  CHECK_THROWS(steps("1.18e20"), "'steps' takes a whole number from");
  CHECK_THROWS(steps("-1e300"), "'steps' takes a whole number from");
  CHECK_THROWS(steps("1.5"), "not 1.5");
  CHECK_THROWS(steps("18446744073709551615"), "to 9223372036854775807");
  CHECK_THROWS(steps("true"), "not true");
  CHECK_THROWS(steps("[7]"), "not a list");
  CHECK_THROWS(planFrom({{"threads", 5'000'000'000}}, "plan.json"), "to 2147483647");
  CHECK_THROWS(planFrom({{"seed", -1}}, "plan.json"), "'seed' takes a whole number from 0");
  CHECK_THROWS(planFrom({{"verbaliser", {{"0", 1}}}}, "plan.json"), "an object of texts");
  std::string deep(80'000, '[');
  deep += std::string(80'000, ']');
  CHECK_THROWS(steps(deep.c_str()), "");
}

TEST_CASE("a plan says its version: an older one is read, a newer one refused with both numbers") {
  CHECK_EQUAL(toJson(TrainingPlan{})["version"].get<std::int64_t>(), planVersion);
  CHECK_EQUAL(planFrom({{"steps", 3}}, "plan.json").steps, std::int64_t{3});
  CHECK_THROWS(planFrom({{"version", planVersion + 1}, {"knob_of_tomorrow", 1}}, "plan.json"), "of version 2");
  CHECK_THROWS(planFrom({{"version", planVersion + 1}}, "plan.json"), "up to version 1");
  CHECK_THROWS(planFrom({{"version", "new"}}, "plan.json"), "not \"new\"");
}

TEST_CASE("a new plan takes an instruct model's chat template, one made before there were any takes none") {
  CHECK_EQUAL(TrainingPlan{}.data.chatTemplate, "auto");
  CHECK_EQUAL(planFrom({{"steps", 3}}, "plan.json").data.chatTemplate, "none");
  CHECK_EQUAL(planFrom({{"chat_template", "auto"}}, "plan.json").data.chatTemplate, "auto");
  const Json open{{"chat_template", "default"}, {"steps", 3}, {"_defaults", {"chat_template"}}};
  CHECK_EQUAL(planFrom(open, "plan.json").data.chatTemplate, "default");
  CHECK_EQUAL(planFrom(changed(open, {{"steps", 4}}), "plan.json").data.chatTemplate, "auto");
  TrainingPlan wrong;
  wrong.train = "rows.csv";
  wrong.data.chatDate = "5 March";
  CHECK_EQUAL(problemsIn(wrong).front().knob, "chat_date");
}

TEST_CASE("what was decided stays while nothing changes, and is left open again when something does") {
  TrainingPlan plan;
  plan.defaults = {"eval_every", "template"};
  plan.evalEvery = 20;
  plan.data.textTemplate = "{text}";
  const Json json = toJson(plan);
  CHECK_EQUAL(planFrom(json, "plan.json").defaults, plan.defaults);
  CHECK(changed(json, Json::object()) == json);
  CHECK_EQUAL(planFrom(changed(json, {{"out", "elsewhere"}}), "x").evalEvery, std::int64_t{20});
  const TrainingPlan longer = planFrom(changed(json, {{"steps", 1000}}), "x");
  CHECK_EQUAL(longer.evalEvery, std::int64_t{0});
  CHECK_EQUAL(longer.data.textTemplate, "");
  CHECK(longer.defaults.empty());

  // A form that leaves them open asks for the same run.
  CHECK(differences(TrainingPlan{}, plan).empty());
  TrainingPlan own;
  own.evalEvery = 50;
  CHECK_EQUAL(differences(own, plan).size(), std::size_t{1});
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
  // get_inverse_sqrt_schedule of transformers 5.24, with four steps of warm-up and without.
  plan.schedule = Schedule::InverseSquareRoot;
  const std::vector<std::pair<std::int64_t, double>> warm{{1, 0}, {3, 0.5}, {5, 1}, {9, 0.7071067811865475}, {20, 0.4588314677411235}};
  for (const auto& [step, rate] : warm)
    CHECK_CLOSE(learningRateAt(plan, step, 20), rate, 1e-12);
  plan.warmupSteps = 0;
  const std::vector<std::pair<std::int64_t, double>> cold{{1, 1}, {9, 0.9996002398401119}, {20, 0.9990513516101199}};
  for (const auto& [step, rate] : cold)
    CHECK_CLOSE(learningRateAt(plan, step, 20), rate, 1e-12);
}

TEST_CASE("a warm-up by share is rounded up to whole steps, as transformers does") {
  TrainingPlan plan;
  plan.warmupRatio = 0.06;
  CHECK_EQUAL(stepsOfWarmup(plan, 200), std::int64_t{12});
  CHECK_EQUAL(stepsOfWarmup(plan, 10), std::int64_t{1});
  CHECK_CLOSE(learningRateAt(plan, 7, 200), plan.learningRate / 2, 1e-12);
}

TEST_CASE("epochs are counted in optimiser steps, the last batch of an epoch may be smaller") {
  TrainingPlan plan;
  plan.epochs = 3;
  plan.batchSize = 8;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{9});
  plan.gradientAccumulationSteps = 2;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{6});
  plan.epochs = std::numeric_limits<std::int64_t>::max();
  CHECK_EQUAL(totalSteps(plan, 20), plan.epochs);
  plan.epochs = 0;
  CHECK_EQUAL(totalSteps(plan, 20), std::int64_t{200});
}
