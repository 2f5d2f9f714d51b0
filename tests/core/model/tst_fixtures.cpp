// The families' logits and hidden states against transformers, and the prompt's first gradient against PEFT.
#include "core/model/frozen_model.h"
#include "tests/core/model/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

// Rows of a right-padded batch as a forest: one segment an example, with or without a shared root of `promptRows` rows.
struct Batch {
  Forest forest;
  std::vector<std::int64_t> ids;                             // of the text rows, in the forest's order
  std::vector<std::pair<std::int64_t, std::int64_t>> where;  // (example, column) of each text row
};

Batch batchOf(const at::Tensor& inputIds, const at::Tensor& mask, std::int64_t promptRows) {
  Batch batch;
  const int root = promptRows > 0 ? batch.forest.add(-1, promptRows) : -1;
  for (std::int64_t example = 0; example < inputIds.size(0); ++example) {
    const std::int64_t length = mask[example].sum().item<std::int64_t>();
    batch.forest.add(root, length);
    for (std::int64_t column = 0; column < length; ++column) {
      batch.ids.push_back(inputIds[example][column].item<std::int64_t>());
      batch.where.emplace_back(example, column);
    }
  }
  return batch;
}

}  // namespace

TEST_CASE("the bare model's logits are those of transformers, padding left away") {
  for (const auto& variant : causalVariants) {
    const Reference reference(variant);
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const Batch batch = batchOf(reference["fwd.right.input_ids"], reference["fwd.right.attention_mask"], 0);
    const at::Tensor hidden = model->forward(model->embed(at::tensor(batch.ids, at::kLong)), {batch.forest});
    const at::Tensor logits = model->logits(hidden), expected = reference["fwd.right.logits"];
    double worst = 0;
    for (std::size_t row = 0; row < batch.where.size(); ++row) {
      const auto [example, column] = batch.where[row];
      worst = std::max(worst, largestDifference(logits[static_cast<std::int64_t>(row)], expected[example][column]));
    }
    if (!(worst < 2e-4)) fail(variant + ": logits differ by " + show(worst), __FILE__, __LINE__);
    CHECK(worst < 2e-4);
  }
}

TEST_CASE("loss and first gradient of the prompt are PEFT's, the prompt computed once for the batch") {
  for (const auto& variant : causalVariants) {
    const Reference reference(variant);
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    at::Tensor prompt = reference["prompt.init"];
    prompt.requires_grad_(true);
    const Batch batch = batchOf(reference["train.input_ids"], reference["train.attention_mask"], prompt.size(0));

    // Row r of a segment predicts the label of the row behind it.
    const at::Tensor labels = reference["train.labels"];
    std::vector<std::int64_t> scored, targets;
    for (std::size_t i = 0; i < batch.where.size(); ++i) {
      const auto [example, column] = batch.where[i];
      const auto label = labels[example][column].item<std::int64_t>();
      if (label == -100 || column == 0) continue;
      scored.push_back(prompt.size(0) + static_cast<std::int64_t>(i) - 1);
      targets.push_back(label);
    }
    const double factor = hasUnscaledRows(variant) ? model->card().embeddingScale : 1;
    const at::Tensor rows = at::cat({times(prompt, factor), model->embed(at::tensor(batch.ids, at::kLong))});
    const at::Tensor hidden = model->forward(rows, {batch.forest, 0, nullptr, &scored});
    const at::Tensor loss = at::cross_entropy_loss(model->logits(hidden), at::tensor(targets, at::kLong));
    loss.backward();
    const double expected = reference["train.loss"][0].item<double>();
    CHECK_CLOSE(loss.item<double>(), expected, 1e-5 * expected);
    const double worst = largestDifference(prompt.grad(), reference["prompt.grad_step1"]);
    if (!(worst < 1e-5)) fail(variant + ": the gradient differs by " + show(worst), __FILE__, __LINE__);
    CHECK(worst < 1e-5);
  }
}

TEST_CASE("the card gives the sizes that PEFT writes into an adapter") {
  for (const auto& variant : causalVariants) {
    const ModelCard card = readCard(fixtures() / variant / "model");
    const Json adapter = readJson(fixtures() / variant / "adapter" / "adapter_config.json");
    CHECK_EQUAL(card.hiddenSize, adapter.at("token_dim").get<std::int64_t>());
    CHECK_EQUAL(card.layers, adapter.at("num_layers").get<std::int64_t>());
    CHECK_EQUAL(card.heads, adapter.at("num_attention_heads").get<std::int64_t>());
    CHECK(inspectModel(fixtures() / variant / "model").tunable);
  }
}
