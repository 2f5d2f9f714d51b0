// Where the longest text of a batch decides how positions turn, it is the text as transformers pads it: the last token counts too, though
// nothing is predicted from it and it has no row.
#include "core/model/frozen_model.h"
#include "core/support/random.h"
#include "core/training/step.h"
#include "core/training/train.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/tensor.h>
#include <algorithm>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

constexpr std::int64_t P = 5;

SoftPrompt somePrompt() {
  Random random(4);
  SoftPrompt prompt;
  prompt.rows = Matrix(P, 32);
  for (float& value : prompt.rows.values)
    value = static_cast<float>(random.below(1000)) / 1000 - 0.5f;
  return prompt;
}

Example textOf(std::int64_t length, std::int64_t scored) {
  Example example;
  for (std::int64_t i = 0; i < length; ++i) {
    example.ids.push_back(static_cast<TokenId>((37 * i + 11 * length) % 220));
    example.labels.push_back(i < scored ? example.ids.back() : notScored);
  }
  return example;
}

// The mean loss of a text whose every row goes through the model, the last one too.
double plainLoss(const FrozenModel& model, const SoftPrompt& prompt, const Example& example) {
  const at::NoGradGuard noGrad;
  const std::vector<std::int64_t> ids(example.ids.begin(), example.ids.end());
  auto* values = const_cast<float*>(prompt.rows.values.data());
  const at::Tensor rows = at::cat({at::from_blob(values, {P, 32}), model.embed(at::tensor(ids, at::kLong))});
  Forest forest;
  forest.add(-1, rows.size(0));
  const auto scored =
      static_cast<std::int64_t>(std::count_if(example.labels.begin(), example.labels.end(), [](TokenId id) { return id >= 0; }));
  const at::Tensor logits = model.logits(model.forward(rows, {forest})).slice(0, P - 1, P - 1 + scored);
  return at::cross_entropy_loss(logits, at::tensor(ids, at::kLong).slice(0, 0, scored)).item<double>();
}

}  // namespace

TEST_CASE("texts that end at the border and one token beyond it have the loss of all their rows") {
  const SoftPrompt prompt = somePrompt();
  for (const char* variant : {"llama_longrope", "phi3_longrope", "llama_dynamic"}) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const std::int64_t border = model->card().ropeBorder;
    for (const std::int64_t length : {border - 1, border, border + 1, border + 2})
      for (const std::int64_t scored : {length - P, std::int64_t{3}}) {
        Examples examples;
        examples.items = {textOf(length - P, scored)};
        const double expected = plainLoss(*model, prompt, examples.items[0]);
        CHECK_CLOSE(evaluate(*model, prompt, examples, 1).loss, expected, 1e-5);
        CHECK_CLOSE(lossesAndGradients(*model, {{prompt, examples, {{0}}}})[0].loss, expected, 1e-5);
      }
  }
}

TEST_CASE("the longest text decides for its batch, and for no other") {
  const SoftPrompt prompt = somePrompt();
  const auto model = openModel(fixtures() / "llama_longrope" / "model", {Precision::Fp32, "cpu"});  // border 15
  Examples examples;
  examples.items = {textOf(6, 6), textOf(20, 0)};  // the second one only makes the batch long
  const auto loss = [&](const std::vector<std::int64_t>& indices) {
    return lossesAndGradients(*model, {{prompt, examples, {indices}}})[0].loss;
  };
  const double alone = loss({0}), beside = loss({0, 1});
  CHECK_CLOSE(alone, plainLoss(*model, prompt, examples.items[0]), 1e-5);
  CHECK(std::abs(beside - alone) > 1e-3);
  CHECK_CLOSE(evaluate(*model, prompt, examples, 2).loss, beside, 1e-6);
  CHECK_CLOSE(evaluate(*model, prompt, examples, 1).loss, alone, 1e-6);
}

TEST_CASE("a question with its labels is as long as with the longest of them") {
  Examples examples;
  examples.items = {textOf(8, 0), textOf(4, 0)};
  examples.classTokens = {{7}, {9, 30, 1}};
  const auto model = openModel(fixtures() / "llama_longrope" / "model", {Precision::Fp32, "cpu"});
  CHECK_EQUAL(makeClassBatch(examples, {0, 1}, P, model->card()).rows.forest.batches().front().length, P + 8 + 3);
  CHECK_EQUAL(makeClassBatch(examples, {1}, P, model->card()).rows.forest.batches().front().length, P + 4 + 3);
}
