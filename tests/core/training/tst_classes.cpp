// Models that classify against transformers (scores) and PEFT (losses, first gradient, final prompt and head).
#include "core/model/frozen_model.h"
#include "core/support/fingerprint.h"
#include "core/training/step.h"
#include "tests/core/class_variants.h"
#include "tests/core/model/reference.h"
#include "tests/core/training/recorded.h"

#include <ATen/TensorOperators.h>
#include <algorithm>
#include <cmath>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

std::shared_ptr<const Examples> examplesOf(const Reference& reference, const std::string& name) {
  auto examples = std::make_shared<Examples>();
  const at::Tensor ids = reference[name + ".input_ids"], mask = reference[name + ".attention_mask"], labels = reference["train.labels"];
  examples->classes = {"LABEL_0", "LABEL_1", "LABEL_2"};
  for (std::int64_t row = 0; row < ids.size(0); ++row) {
    Example example;
    for (std::int64_t column = 0; column < mask[row].sum().item<std::int64_t>(); ++column)
      example.ids.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
    example.classIndex = static_cast<int>(labels[row].item<std::int64_t>());
    examples->items.push_back(std::move(example));
  }
  return examples;
}

SoftPrompt startOf(const Reference& reference, const FrozenModel& model) {
  const at::Tensor values = reference["prompt.init"].contiguous();
  SoftPrompt prompt;
  prompt.rows = Matrix(values.size(0), values.size(1));
  std::copy_n(values.data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
  prompt.origin.task = PromptTask::SeqCls;
  prompt.head = model.head();
  return prompt;
}

std::shared_ptr<const FrozenModel> open(const std::string& variant, Precision precision = Precision::Fp32) {
  return openModel(fixtures() / variant / "model", {precision, "cpu"});
}

TrainingPlan fixturePlan() {
  TrainingPlan plan;
  plan.learningRate = 0.02;
  plan.headInit = HeadInit::Random;  // and so its rate the prompt's, as in PEFT
  plan.schedule = Schedule::Constant;
  plan.maxGradNorm = 0;
  plan.steps = 10;
  plan.batchSize = 4;
  plan.shuffle = false;
  return plan;
}

double largestDifference(const Matrix& values, const at::Tensor& expected) {
  double worst = 0;
  const at::Tensor plain = expected.contiguous();
  CHECK_EQUAL(static_cast<std::int64_t>(values.values.size()), plain.numel());
  for (std::size_t i = 0; i < values.values.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(values.values[i]) - plain.data_ptr<float>()[i]));
  return worst;
}

// Mean of -log softmax(logits)[label].
double lossOf(const at::Tensor& logits, const at::Tensor& labels) {
  const at::Tensor logP = logits.to(at::kDouble).log_softmax(1);
  return -logP.gather(1, labels.unsqueeze(1)).mean().item<double>();
}

double accuracyOf(const at::Tensor& logits, const at::Tensor& labels) {
  return (logits.argmax(1) == labels).to(at::kDouble).mean().item<double>();
}

std::string hashOfWeights(const FrozenModel& model) {
  Fingerprint hash;
  for (const auto& [name, tensor] : model.weights())
    hash.add({static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()});
  return hash.text();
}

}  // namespace

TEST_CASE("the bare model's scores are those of transformers, padding left away") {
  for (const auto& variant : classVariants)
    for (const std::string name : {"fwd.full", "fwd.right"}) {
      const Reference reference(variant);
      const auto model = open(variant);
      const Evaluation evaluation = evaluate(*model, {}, *examplesOf(reference, name));
      const at::Tensor logits = reference[name + ".logits"], labels = reference["train.labels"];
      CHECK_CLOSE(evaluation.loss, lossOf(logits, labels), 1e-4);
      CHECK_CLOSE(evaluation.accuracy.value_or(-1), accuracyOf(logits, labels), 1e-9);
      CHECK(!evaluation.perplexity);
    }
}

TEST_CASE("the first gradient of the prompt is PEFT's") {
  for (const auto& variant : classVariants) {
    const Reference reference(variant);
    const auto model = open(variant);
    const SoftPrompt prompt = startOf(reference, *model);
    const auto examples = examplesOf(reference, "fwd.full");
    const PromptBatches reading{prompt, *examples, {{0, 1, 2, 3}}};
    const StepResult step = lossesAndGradients(*model, {reading}).front();
    const double worst = largestDifference(step.gradients[0], reference["train_full.prompt.grads"][0]);
    if (!(worst < 1e-5)) fail(variant + ": the first gradient differs by " + show(worst), __FILE__, __LINE__);
    CHECK_EQUAL(step.gradients.size(), 1 + prompt.head.size());
  }
}

TEST_CASE("ten steps train prompt and head to PEFT's numbers, and no other weight moves") {
  for (const auto& variant : classVariants) {
    const Reference reference(variant);
    const auto model = open(variant);
    const std::string before = hashOfWeights(*model);
    const Recorded recorded = run(fixturePlan(), {model, examplesOf(reference, "fwd.full"), nullptr, startOf(reference, *model), nullptr});
    CHECK_EQUAL(recorded.losses.size(), std::size_t{10});
    for (std::size_t step = 0; step < 10; ++step) {
      const double expected = reference["train_full.loss"][static_cast<std::int64_t>(step)].item<double>();
      if (std::abs(recorded.losses[step] - expected) > 1e-4 * expected)
        fail(variant + ": loss of step " + show(step + 1) + " is " + show(recorded.losses[step]) + ", PEFT's " + show(expected), __FILE__,
             __LINE__);
    }
    const SoftPrompt& best = recorded.result.best;
    const double ofPrompt = largestDifference(best.rows, reference["train_full.prompt.final"]);
    if (!(ofPrompt < 1e-3)) fail(variant + ": the final prompt differs by " + show(ofPrompt), __FILE__, __LINE__);
    for (const HeadPart& part : best.head) {
      const double ofPart =
          largestDifference(part.values, reference["train_full.head." + part.name.substr(part.name.find('.') + 1) + ".final"]);
      if (!(ofPart < 1e-3)) fail(variant + ": the final " + part.name + " differs by " + show(ofPart), __FILE__, __LINE__);
    }
    CHECK_EQUAL(hashOfWeights(*model), before);
  }
}

TEST_CASE("bf16 follows fp32 within its own precision, and checkpointing changes nothing") {
  for (const auto& variant : classVariants) {
    const Reference reference(variant);
    const auto bf16 = open(variant, Precision::Bf16), fp32 = open(variant);
    const auto examples = examplesOf(reference, "fwd.full");
    const Recorded rough = run(fixturePlan(), {bf16, examples, nullptr, startOf(reference, *fp32), nullptr});
    TrainingPlan plan = fixturePlan();
    plan.gradientCheckpointing = true;
    const Recorded again = run(plan, {fp32, examples, nullptr, startOf(reference, *fp32), nullptr});
    for (std::size_t step = 0; step < 10; ++step) {
      const double expected = reference["train_full.loss"][static_cast<std::int64_t>(step)].item<double>();
      CHECK_CLOSE(rough.losses[step], expected, 0.02 * reference["train_full.loss"][0].item<double>());
      CHECK_CLOSE(again.losses[step], expected, 1e-4 * expected);
    }
  }
}

TEST_CASE("an encoder's head reads the first virtual token, as in PEFT, or the text's own first") {
  const Reference reference("bert_seqcls");
  const auto model = open("bert_seqcls");
  const auto examples = examplesOf(reference, "fwd.full");
  SoftPrompt prompt = startOf(reference, *model);
  const double first = evaluate(*model, prompt, *examples).loss;
  prompt.origin.pooling = Pooling::Text;
  const double text = evaluate(*model, prompt, *examples).loss;
  CHECK_CLOSE(first, reference["train_full.loss"][0].item<double>(), 1e-4);
  CHECK(std::abs(first - text) > 1e-3);
  // Without a prompt there is only one first row.
  SoftPrompt none;
  none.origin.pooling = Pooling::Text;
  CHECK_CLOSE(evaluate(*model, none, *examples).loss, evaluate(*model, {}, *examples).loss, 1e-12);
}

TEST_CASE("a prompt without a head is refused before a run starts") {
  const Reference reference("bert_seqcls");
  const auto model = open("bert_seqcls");
  SoftPrompt prompt = startOf(reference, *model);
  prompt.head.clear();
  CHECK_THROWS(run(fixturePlan(), {model, examplesOf(reference, "fwd.full"), nullptr, prompt, nullptr}), "no head");
  prompt.head = blankHead(HeadKind::Score, prompt.width(), 3);
  CHECK_THROWS(checkFits(prompt, *model), "classifier.weight");
}
