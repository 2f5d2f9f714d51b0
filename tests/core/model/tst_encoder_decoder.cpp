// Encoder-decoder models against transformers (states and logits) and PEFT (loss and first gradient), padding left away.
#include "core/model/frozen_model.h"
#include "core/support/json.h"
#include "tests/core/encoder_decoder_variants.h"
#include "tests/core/model/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

std::vector<std::int64_t> numbers(const at::Tensor& row, std::int64_t count) {
  const at::Tensor part = row.narrow(0, 0, count).contiguous();
  return {part.data_ptr<std::int64_t>(), part.data_ptr<std::int64_t>() + count};
}

// The texts of a right-padded batch, each behind its own copy of the prompt, and the decoder's rows.
struct Batch {
  Forest texts, forest;
  at::Tensor textRows, rows;
  std::vector<std::int64_t> lengths;
};

Batch batchOf(const FrozenModel& model, const at::Tensor& ids, const at::Tensor& mask, const at::Tensor& decoderIds,
              const at::Tensor& prompt) {
  Batch batch;
  std::vector<at::Tensor> rows;
  for (std::int64_t example = 0; example < ids.size(0); ++example) {
    const auto length = mask[example].sum().item<std::int64_t>(), before = prompt.defined() ? prompt.size(0) : 0;
    if (prompt.defined()) rows.push_back(prompt);
    rows.push_back(model.embed(at::tensor(numbers(ids[example], length), at::kLong)));
    batch.forest.add(-1, decoderIds.size(1), batch.texts.add(-1, before + length));
    batch.lengths.push_back(length);
  }
  batch.textRows = at::cat(rows);
  batch.rows = model.embed(decoderIds.reshape({-1}));
  return batch;
}

// What transformers makes of labels: one step to the right, the start token in front.
at::Tensor shifted(const at::Tensor& labels) {
  at::Tensor ids = labels.clone();
  ids.narrow(1, 1, labels.size(1) - 1).copy_(labels.narrow(1, 0, labels.size(1) - 1));
  ids.select(1, 0).fill_(0);
  return ids.masked_fill(ids == -100, 0);
}

}  // namespace

TEST_CASE("the encoder's states and the logits are those of transformers") {
  for (const auto& variant : encoderDecoderVariants) {
    const Reference reference(variant);
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const Batch batch =
        batchOf(*model, reference["fwd.right.input_ids"], reference["fwd.right.attention_mask"], reference["fwd.decoder_input_ids"], {});
    const at::Tensor states = model->encode(batch.textRows, {batch.texts}), expectedStates = reference["fwd.right.encoder"];
    for (std::size_t i = 0; i < batch.lengths.size(); ++i) {
      const Segment& text = batch.texts.segments()[i];
      CHECK_CLOSE(largestDifference(states.narrow(0, text.begin, text.length),
                                    expectedStates[static_cast<std::int64_t>(i)].narrow(0, 0, batch.lengths[i])),
                  0, 2e-5);
    }
    Pass pass{batch.forest};
    pass.texts = &batch.texts, pass.encoded = &states;
    const at::Tensor expected = reference["fwd.right.logits"];
    CHECK_CLOSE(largestDifference(model->logits(model->forward(batch.rows, pass)).view(expected.sizes()), expected), 0, 2e-4);
  }
}

TEST_CASE("loss and first gradient of the prompt are PEFT's; rows for the decoder have none") {
  for (const auto& variant : encoderDecoderVariants)
    for (const std::string sub : {"sub1.", "sub2."}) {
      const Reference reference(variant);
      const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
      const at::Tensor stored = reference[sub + "prompt.init"], gradient = reference[sub + "prompt.grad_step1"];
      at::Tensor prompt = stored.narrow(0, 0, 5).clone();
      prompt.requires_grad_(true);
      const at::Tensor labels = reference["train.labels"];
      const Batch batch = batchOf(*model, reference["train.input_ids"], reference["train.attention_mask"], shifted(labels), prompt);
      std::vector<std::int64_t> scored, targets;
      for (std::int64_t i = 0; i < labels.numel(); ++i)
        if (const auto label = labels.view(-1)[i].item<std::int64_t>(); label != -100) scored.push_back(i), targets.push_back(label);
      const at::Tensor states = model->encode(batch.textRows, {batch.texts});
      Pass pass{batch.forest, 0, nullptr, &scored};
      pass.texts = &batch.texts, pass.encoded = &states;
      const at::Tensor loss = at::cross_entropy_loss(model->logits(model->forward(batch.rows, pass)), at::tensor(targets, at::kLong));
      loss.backward();
      const double expected = reference[sub + "train.loss"][0].item<double>();
      CHECK_CLOSE(loss.item<double>(), expected, 1e-5 * expected);
      CHECK_CLOSE(largestDifference(prompt.grad(), gradient.narrow(0, 0, 5)), 0, 1e-5);
      if (sub == "sub2.") CHECK_CLOSE(gradient.narrow(0, 5, 5).abs().max().item<double>(), 0, 0);
    }
}

TEST_CASE("the card gives the sizes that PEFT writes into an adapter, and says that the model answers") {
  for (const auto& variant : encoderDecoderVariants) {
    const ModelCard card = readCard(fixtures() / variant / "model");
    const Json adapter = readJson(fixtures() / variant / "adapter_sub2" / "adapter_config.json");
    CHECK(card.encoderDecoder);
    CHECK_EQUAL(card.decoderStart, 0);
    CHECK_EQUAL(card.stopTokens, std::vector<std::int32_t>{1});
    CHECK_EQUAL(card.hiddenSize, adapter.at("token_dim").get<std::int64_t>());
    CHECK_EQUAL(card.layers, adapter.at("num_layers").get<std::int64_t>());
    CHECK_EQUAL(card.heads, adapter.at("num_attention_heads").get<std::int64_t>());
    CHECK(inspectModel(fixtures() / variant / "model").tunable);
  }
}

TEST_CASE("what is not a text, and a model without an encoder, is refused with a sentence") {
  const auto model = openModel(fixtures() / "t5" / "model", {Precision::Fp32, "cpu"});
  Forest forest;
  forest.add(-1, 1);
  const at::Tensor row = model->embed(at::tensor(std::vector<std::int64_t>{0}, at::kLong));
  CHECK_THROWS(model->forward(row, {forest}), "no text to attend across to");
  Forest tooLong;
  tooLong.add(-1, model->card().contextLength + 1);
  CHECK_THROWS(model->encode(row.expand({tooLong.rows(), -1}), {tooLong}), "2,049 are asked");
  CHECK_THROWS(openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"})->encode(row, {forest}), "which has no encoder");
}

TEST_CASE("the head is tied and scaled as config.json says, in the words of transformers 4 and 5") {
  const auto logits = [](const char* variant, const Json& changes) {
    const auto folder = scratch("t5-head");
    Json config = readJson(fixtures() / variant / "model" / "config.json");
    config.update(changes);
    writeJson(folder / "config.json", config);
    std::filesystem::copy_file(fixtures() / variant / "model" / "model.safetensors", folder / "model.safetensors");
    const auto model = openModel(folder, {Precision::Fp32, "cpu"});
    return model->logits(model->inputEmbedding().narrow(0, 3, 12));
  };
  const at::Tensor tied = logits("t5", Json::object()), apart = logits("t5_v1_1", Json::object());
  CHECK(logits("t5", {{"tie_word_embeddings", true}, {"scale_decoder_outputs", true}}).equal(tied));
  CHECK(logits("t5_v1_1", {{"tie_word_embeddings", true}, {"scale_decoder_outputs", false}}).equal(apart));
  CHECK(!logits("t5_v1_1", {{"tie_word_embeddings", true}}).equal(apart));
}

TEST_CASE("feed_forward_proj says activation and gate; what it cannot mean is refused") {
  const auto opened = [](const Json& changes) {
    const auto folder = scratch("t5");
    Json config = readJson(fixtures() / "t5_v1_1" / "model" / "config.json");
    for (const auto& [key, value] : changes.items())
      value.is_null() ? void(config.erase(key)) : void(config[key] = value);
    writeJson(folder / "config.json", config);
    std::filesystem::copy_file(fixtures() / "t5_v1_1" / "model" / "model.safetensors", folder / "model.safetensors");
    return inspectModel(folder).why;
  };
  CHECK_EQUAL(opened({{"is_gated_act", nullptr}, {"dense_act_fn", nullptr}}), "");
  CHECK_EQUAL(opened({{"is_gated_act", nullptr}, {"dense_act_fn", nullptr}, {"feed_forward_proj", "gated-silu"}}), "");
  CHECK(opened({{"is_gated_act", nullptr}, {"dense_act_fn", nullptr}, {"feed_forward_proj", "gated-maxout"}}).find("maxout") !=
        std::string::npos);
  CHECK(opened({{"is_gated_act", nullptr}, {"feed_forward_proj", "relu"}}).find("DenseReluDense.wi") != std::string::npos);
  CHECK(opened({{"relative_attention_max_distance", 2}}).find("not a table of positions") != std::string::npos);
  CHECK(opened({{"architectures", {"T5EncoderModel"}}}).find("does not answer") != std::string::npos);
}
