// Ten steps of AdamW against PEFT: every loss, and the prompt at the end, on every GPT-2 and Llama fixture.
#include "core/model/frozen_model.h"
#include "core/support/fingerprint.h"
#include "core/support/json.h"
#include "core/training/progress.h"
#include "core/training/validation.h"
#include "tests/core/encoder_decoder_variants.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/recorded.h"
#include "tests/core/training/reference_examples.h"

#include <ATen/TensorOperators.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

SoftPrompt promptOf(const at::Tensor& values) {
  SoftPrompt prompt;
  prompt.rows = Matrix(values.size(0), values.size(1));
  std::copy_n(values.contiguous().data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
  return prompt;
}

// PEFT's recipe of the fixtures.
TrainingPlan fixturePlan() {
  TrainingPlan plan;
  plan.learningRate = 0.1;
  plan.schedule = Schedule::Constant;
  plan.maxGradNorm = 0;
  plan.steps = 10;
  plan.batchSize = 4;
  plan.shuffle = false;
  plan.precision = Precision::Fp32;
  return plan;
}

double largestDifference(const SoftPrompt& prompt, const at::Tensor& expected) {
  double worst = 0;
  const float* values = expected.data_ptr<float>();
  for (std::size_t i = 0; i < prompt.rows.values.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(prompt.rows.values[i]) - values[i]));
  return worst;
}

std::string hashOfWeights(const FrozenModel& model) {
  Fingerprint hash;
  for (const auto& [name, tensor] : model.weights()) {
    hash.add(name);
    hash.add({static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()});
  }
  return hash.text();
}

TrainingInput inputOf(const std::string& variant, const Reference& reference, Precision precision = Precision::Fp32) {
  TrainingInput input{openModel(fixtures() / variant / "model", {precision, "cpu"}), examplesOf(reference), nullptr,
                      promptOf(reference["prompt.init"]), nullptr};
  if (hasUnscaledRows(variant)) input.start.origin.rowScale = RowScale::Unscaled;
  return input;
}

}  // namespace

TEST_CASE("ten AdamW steps give PEFT's losses and PEFT's prompt, and nothing but the prompt moves") {
  for (const auto& variant : causalVariants) {
    const Reference reference(variant);
    const TrainingInput input = inputOf(variant, reference);
    const std::string before = hashOfWeights(*input.model);
    const Recorded recorded = run(fixturePlan(), input);
    CHECK_EQUAL(recorded.losses.size(), std::size_t{10});
    for (std::size_t step = 0; step < 10; ++step) {
      const double expected = reference["train.loss"][static_cast<std::int64_t>(step)].item<double>();
      if (std::abs(recorded.losses[step] - expected) > 1e-4 * expected)
        fail(variant + ": loss of step " + show(step + 1) + " is " + show(recorded.losses[step]) + ", PEFT's " + show(expected), __FILE__,
             __LINE__);
    }
    const double worst = largestDifference(recorded.result.best, reference["prompt.final"]);
    if (!(worst < 1e-3)) fail(variant + ": the final prompt differs by " + show(worst), __FILE__, __LINE__);
    CHECK_EQUAL(hashOfWeights(*input.model), before);
  }
}

TEST_CASE("bf16 follows fp32 within its own precision") {
  for (const auto& variant : causalVariants) {
    const Reference reference(variant);
    const Recorded recorded = run(fixturePlan(), inputOf(variant, reference, Precision::Bf16));
    const double bound = variant == "stablelm" ? 0.04 : 0.02;  // its random weights make the most noise in the reference too
    for (std::size_t step = 0; step < 10; ++step) {
      const double expected = reference["train.loss"][static_cast<std::int64_t>(step)].item<double>();
      if (!(std::abs(recorded.losses[step] - expected) < bound * expected))
        fail(variant + ": loss of step " + show(step + 1) + " is " + show(recorded.losses[step]) + " in bf16, " + show(expected) +
                 " in fp32",
             __FILE__, __LINE__);
    }
    CHECK_EQUAL(recorded.losses.size(), std::size_t{10});
  }
}

TEST_CASE("ten steps of an encoder-decoder model are PEFT's, with one submodule's rows or two, checkpointed too") {
  for (const auto& variant : encoderDecoderVariants)
    for (const std::string sub : {"sub1.", "sub2."}) {
      const Reference reference(variant);
      const at::Tensor start = reference[sub + "prompt.init"].narrow(0, 0, 5), final = reference[sub + "prompt.final"].narrow(0, 0, 5);
      const TrainingInput input{openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"}), answersOf(reference), nullptr,
                                promptOf(start), nullptr};
      const std::string before = hashOfWeights(*input.model);
      TrainingPlan plan = fixturePlan();
      plan.gradientCheckpointing = sub == "sub2.";
      const Recorded recorded = run(plan, input);
      CHECK_EQUAL(recorded.losses.size(), std::size_t{10});
      for (std::size_t step = 0; step < 10; ++step) {
        const double expected = reference[sub + "train.loss"][static_cast<std::int64_t>(step)].item<double>();
        if (std::abs(recorded.losses[step] - expected) > 1e-4 * expected)
          fail(variant + ": loss of step " + show(step + 1) + " is " + show(recorded.losses[step]) + ", PEFT's " + show(expected), __FILE__,
               __LINE__);
      }
      const double worst = largestDifference(recorded.result.best, final.contiguous());
      if (!(worst < 2e-3)) fail(variant + ": the final prompt differs by " + show(worst), __FILE__, __LINE__);
      CHECK_EQUAL(hashOfWeights(*input.model), before);
    }
}

TEST_CASE("ten steps of Adafactor are those of transformers', with and without weight decay") {
  for (const std::string variant : {"gpt2", "llama", "t5", "mt5"})
    for (const std::string decay : {"0", "1e-05"}) {
      const std::string name = "adafactor/" + variant + "_wd" + decay;
      const Reference reference(variant), wanted(name);
      const Json figures = readJson(fixtures() / name / "losses.json");
      const bool answers = variant == "t5" || variant == "mt5";
      const TrainingInput input{openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"}),
                                answers ? answersOf(reference) : examplesOf(reference), nullptr,
                                promptOf(answers ? reference["sub1.prompt.init"] : reference["prompt.init"]), nullptr};
      TrainingPlan plan = fixturePlan();
      plan.optimizer = Optimizer::Adafactor;
      plan.learningRate = figures.at("lr").get<double>();
      plan.weightDecay = figures.at("weight_decay").get<double>();
      const Recorded recorded = run(plan, input);
      const auto losses = figures.at("loss").get<std::vector<double>>();
      CHECK_EQUAL(recorded.losses.size(), losses.size());
      for (std::size_t step = 0; step < losses.size(); ++step)
        if (std::abs(recorded.losses[step] - losses[step]) > 1e-4 * losses[step])
          fail(name + ": loss of step " + show(step + 1) + " is " + show(recorded.losses[step]) + ", transformers' " + show(losses[step]),
               __FILE__, __LINE__);
      // T5's ReLU stands near its kink: a start changed by 1e-7 of itself ends 7.1e-3 away (1e-6 and 1e-5: the same), which a compiler's or
      // a library's order of sums does as well. GELU and gates end 1e-6 away.
      const double bound = variant == "t5" ? 1e-2 : 1e-3;
      const double worst = largestDifference(recorded.result.best, wanted["prompt.final"]);
      if (!(worst < bound)) fail(name + ": the final prompt differs by " + show(worst), __FILE__, __LINE__);
    }
}

TEST_CASE("an encoder-decoder model in bf16 follows fp32 within bf16's precision") {
  for (const auto& variant : encoderDecoderVariants) {
    const Reference reference(variant);
    const TrainingInput input{openModel(fixtures() / variant / "model", {Precision::Bf16, "cpu"}), answersOf(reference), nullptr,
                              promptOf(reference["sub1.prompt.init"]), nullptr};
    TrainingPlan plan = fixturePlan();
    plan.precision = Precision::Bf16;
    const Recorded recorded = run(plan, input);
    for (std::size_t step = 0; step < 10; ++step) {
      const double expected = reference["sub1.train.loss"][static_cast<std::int64_t>(step)].item<double>();
      CHECK_CLOSE(recorded.losses[step], expected, 0.02 * expected);
    }
  }
}

TEST_CASE("the classes of an encoder-decoder model are ranked as its loss ranks them") {
  const Reference reference("t5");
  const auto model = openModel(fixtures() / "t5" / "model", {Precision::Fp32, "cpu"});
  Examples examples = *answersOf(reference);
  examples.classes = {"a", "b", "c"};
  examples.classTokens = {{7, 1}, {9, 30, 1}, {120, 1}};
  const SoftPrompt prompt = promptOf(reference["sub1.prompt.final"]);
  // Each label written out as a target of its own, for each example by itself.
  std::int64_t correct = 0;
  ExampleList labelled;
  for (std::size_t i = 0; i < examples.items.size(); ++i) {
    Example example = examples.items[i];
    example.classIndex = static_cast<int>(i % 3);
    std::vector<double> sums;
    for (const auto& tokens : examples.classTokens) {
      Examples one;
      example.labels = tokens;
      one.items = {example};
      const Evaluation alone = evaluate(*model, prompt, one);
      sums.push_back(alone.loss * static_cast<double>(tokens.size()));
    }
    if (std::min_element(sums.begin(), sums.end()) - sums.begin() == example.classIndex) ++correct;
    example.labels = examples.classTokens[i % 3];
    labelled.push_back(example);
  }
  examples.items = labelled;
  CHECK_CLOSE(*evaluate(*model, prompt, examples, 3).accuracy, static_cast<double>(correct) / static_cast<double>(examples.items.size()),
              1e-9);
}

TEST_CASE("the same seed gives the same curve, another seed another") {
  const Reference reference("llama");
  TrainingPlan plan = fixturePlan();
  plan.shuffle = true;
  plan.batchSize = 2;
  const auto first = run(plan, inputOf("llama", reference)).losses, second = run(plan, inputOf("llama", reference)).losses;
  CHECK_EQUAL(first, second);
  plan.seed = 7;
  CHECK(run(plan, inputOf("llama", reference)).losses != first);
}

TEST_CASE("layers computed again on the way back give the same numbers") {
  for (const char* variant : {"gpt2", "llama"}) {
    const Reference reference(variant);
    TrainingPlan plan = fixturePlan();
    const Recorded kept = run(plan, inputOf(variant, reference));
    plan.gradientCheckpointing = true;
    const Recorded again = run(plan, inputOf(variant, reference));
    CHECK(again.losses == kept.losses);
    CHECK(again.result.best.rows.values == kept.result.best.rows.values);
  }
}

TEST_CASE("accumulated batches are one large batch") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  const auto whole = run(plan, inputOf("gpt2", reference));
  plan.batchSize = 2;
  plan.gradientAccumulationSteps = 2;
  const auto parts = run(plan, inputOf("gpt2", reference));
  for (std::size_t step = 0; step < 10; ++step)
    CHECK_CLOSE(parts.losses[step], whole.losses[step], 1e-5 * whole.losses[step]);
}

TEST_CASE("a stop in the middle keeps the prompt, and the run goes on from its state to the same numbers") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.shuffle = true;
  plan.batchSize = 3;
  const auto whole = run(plan, inputOf("gpt2", reference));

  std::stop_source stop;
  bool told = false;
  const TrainingInput input = inputOf("gpt2", reference);
  const TrainingResult half = train(
      plan, input,
      [&](const TrainingEvent& event) {
        if (const auto* step = std::get_if<Stepped>(&event); step && step->step == 4) stop.request_stop();
        told = told || std::holds_alternative<Stopped>(event);
      },
      stop.get_token());
  CHECK(half.stopped && told);
  CHECK_EQUAL(half.summary.steps, std::int64_t{4});
  CHECK(half.best.rows == half.state.prompt.rows);
  CHECK(half.best.rows != input.start.rows);

  TrainingInput onward = input;
  onward.resume = std::make_shared<TrainingState>(half.state);
  const Recorded rest = run(plan, onward);
  CHECK_EQUAL(rest.losses.size(), std::size_t{6});
  for (std::size_t i = 0; i < 6; ++i)
    CHECK_EQUAL(rest.losses[i], whole.losses[i + 4]);
  CHECK(rest.result.state.prompt.rows == whole.result.state.prompt.rows);
}

TEST_CASE("with validation data the prompt with the lowest validation loss is kept") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.steps = 12;
  plan.evalEvery = 1;
  TrainingInput input = inputOf("gpt2", reference);
  // Validation data that wants other tokens: what the training learns is wrong for it, so its loss rises sooner or later.
  auto contrary = std::make_shared<Examples>(*input.training);
  contrary->items.clear();
  for (Example example : input.training->items) {
    for (TokenId& label : example.labels)
      if (label != notScored) label = (label + 7) % 300;
    contrary->items.push_back(example);
  }
  input.validation = contrary;
  double lowest = 1e9, last = 0;
  std::int64_t where = -1;
  const TrainingResult result = train(plan, input, [&](const TrainingEvent& event) {
    if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
      last = evaluated->loss;
      if (evaluated->loss < lowest) lowest = evaluated->loss, where = evaluated->step;
    }
  });
  CHECK(lowest < last);
  CHECK_EQUAL(result.summary.bestStep, where);
  CHECK_CLOSE(evaluate(*input.model, result.best, *input.validation).loss, lowest, 1e-9);
}

TEST_CASE("without validation data the last prompt is kept, unless the training went astray over whole windows") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  const auto kept = [&](std::int64_t steps, double rate, std::int64_t batch) {
    plan.steps = steps;
    plan.learningRate = rate;
    plan.batchSize = batch;
    const TrainingResult result = train(plan, inputOf("gpt2", reference), [](const TrainingEvent&) {});
    CHECK(!result.summary.why.empty());
    return result;
  };
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    plan.seed = seed;
    CHECK_EQUAL(kept(8, 0.01, 1).summary.bestStep, 8);  // fewer steps than a window judge nothing, whatever one batch says
    CHECK_EQUAL(kept(45, 0.01, 1).summary.bestStep, 45);
  }
  // The rule by itself, on losses of our own.
  const TrainingInput input = inputOf("gpt2", reference);
  const auto judged = [&](const std::vector<double>& losses) {
    Progress progress(plan, input, static_cast<std::int64_t>(losses.size()));
    for (const double loss : losses) {
      progress.judge(loss);
      ++progress.state().step;
    }
    return progress.finish(false, [](const TrainingEvent&) {}, {}).summary;
  };
  std::vector<double> losses(60);
  for (std::size_t i = 0; i < 60; ++i)
    losses[i] = 2.5 - 0.01 * static_cast<double>(i);
  losses[0] = 0.1;  // one lucky batch
  CHECK_EQUAL(judged(losses).bestStep, 60);
  for (std::size_t i = 0; i < 60; ++i)
    losses[i] = i < 30 ? 2.0 - 0.01 * static_cast<double>(i) : 3.0;
  const Summary astray = judged(losses);
  CHECK_EQUAL(astray.bestStep, 29);  // before step 30's update: the lowest mean of 20
  CHECK(astray.why.find("astray") != std::string::npos);
}

TEST_CASE("a run stopped before it was validated has no figure that is another prompt's") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.steps = 50;
  plan.evalEvery = 40;
  TrainingInput input = inputOf("gpt2", reference);
  input.validation = input.training;
  std::stop_source stop;
  const TrainingResult result = train(
      plan, input,
      [&](const TrainingEvent& event) {
        if (const auto* step = std::get_if<Stepped>(&event); step && step->step == 5) stop.request_stop();
      },
      stop.get_token());
  CHECK_EQUAL(result.summary.bestStep, 5);
  CHECK(!result.summary.bestValidationLoss);
}

TEST_CASE("validations see a sample by seed, and the kept prompt is judged on all rows") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.steps = 6;
  plan.evalEvery = 2;
  plan.evalRows = 3;
  TrainingInput input = inputOf("gpt2", reference);
  auto many = std::make_shared<Examples>(*input.training);
  while (many->items.size() < 12)
    many->items.push_back(many->items[many->items.size() % input.training->items.size()]);
  input.validation = many;
  std::vector<std::int64_t> rows;
  std::int64_t told = 0;
  const TrainingResult result = train(plan, input, [&](const TrainingEvent& event) {
    if (const auto* evaluated = std::get_if<Evaluated>(&event)) rows.push_back(evaluated->whole ? -evaluated->rows : evaluated->rows);
    if (std::holds_alternative<Validating>(event)) ++told;
  });
  const auto all = static_cast<std::int64_t>(many->items.size());
  CHECK_EQUAL(rows.size(), std::size_t{5});
  CHECK_EQUAL(rows.front(), 3);
  CHECK_EQUAL(rows.back(), -all);
  CHECK_EQUAL(result.summary.validationRows, all);
  CHECK(told >= 5);
  CHECK_CLOSE(evaluate(*input.model, result.best, *many).loss, *result.summary.bestValidationLoss, 1e-9);
}

TEST_CASE("what validation costs is decided once, and stays below a quarter of the work") {
  Examples training, validation;
  for (int i = 0; i < 4000; ++i)
    (i % 10 == 0 ? validation : training).items.push_back({std::vector<TokenId>(20, 1), std::vector<TokenId>(20, 1), 0, i});
  TrainingPlan plan;
  plan.steps = 50;
  settleValidation(plan, training, &validation);
  CHECK(plan.evalEvery > 0);
  CHECK(plan.evalRows >= 64 && plan.evalRows < 400);
  TrainingPlan again = plan;
  settleValidation(again, training, &validation);
  CHECK_EQUAL(again.evalEvery, plan.evalEvery);
  CHECK_EQUAL(again.evalRows, plan.evalRows);
  CHECK(validationSample(plan, validation).items.size() == static_cast<std::size_t>(plan.evalRows));
  plan = {};
  plan.steps = 5000;
  settleValidation(plan, training, &validation);
  CHECK_EQUAL(plan.evalRows, 400);  // cheap beside so much training: all rows
  const auto cost = validationCost(plan, training, &validation);
  CHECK(cost.validation <= cost.training / 3);
}

TEST_CASE("a loss that is not a number stops the run with advice") {
  const Reference reference("gpt2");
  TrainingPlan plan = fixturePlan();
  plan.learningRate = 99;
  plan.steps = 3;
  TrainingInput input = inputOf("gpt2", reference);
  for (float& value : input.start.rows.values)
    value = 3e38f;
  bool failed = false;
  CHECK_THROWS(train(plan, input, [&](const TrainingEvent& event) { failed = failed || std::holds_alternative<Failed>(event); }),
               "Lower the learning rate");
  CHECK(failed);
}
