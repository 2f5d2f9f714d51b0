// Whole runs of models that classify: the head goes with the prompt into adapter, snapshots and checkpoint, and comes back from there.
#include "core/exchange/exchange.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tensor/safetensors.h"
#include "tests/core/class_variants.h"
#include "tests/harness/harness.h"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

// The rows of the fixture as a person would write them: ids and a number.
fs::path rowsOf(const std::string& variant) {
  const SafetensorsFile reference(test::fixtures() / variant / "reference.safetensors");
  const auto numbers = [&](const char* name) {
    const auto& bytes = reference.tensors().at(name).bytes;
    std::vector<std::int64_t> values(bytes.size() / sizeof(std::int64_t));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  };
  const auto ids = numbers("fwd.full.input_ids"), labels = numbers("train.labels");
  const std::size_t length = ids.size() / labels.size();
  std::string lines;
  for (std::size_t row = 0; row < labels.size(); ++row)
    lines +=
        Json{{"input_ids", std::vector(ids.begin() + static_cast<long>(row * length), ids.begin() + static_cast<long>((row + 1) * length))},
             {"label", labels[row]}}
            .dump() +
        "\n";
  const fs::path file = test::scratch("rows_of_" + variant) / "rows.jsonl";
  writeFileAtomically(file, lines);
  return file;
}

TrainingPlan planOf(const std::string& variant, const std::string& name) {
  TrainingPlan plan;
  plan.model = (test::fixtures() / variant / "model").string();
  plan.train = rowsOf(variant);
  plan.out = test::scratch(name) / "run";
  plan.numVirtualTokens = 5;
  plan.promptTuningInit = PromptInit::RandomScaled;
  plan.learningRate = 0.02;
  plan.steps = 6;
  plan.batchSize = 2;
  plan.precision = Precision::Fp32;
  return plan;
}

TrainingResult run(const TrainingPlan& plan) { return carryOut(prepare(plan), {}); }

}  // namespace

TEST_CASE("the adapter of a run, read again, sorts texts as the trained prompt does") {
  for (const auto& variant : test::classVariants) {
    const TrainingPlan plan = planOf(variant, variant + "-run");
    const TrainingResult result = run(plan);
    const SoftPrompt adapter = readPrompt(plan.out);
    CHECK_EQUAL(adapter.head == result.best.head, true);
    CHECK_EQUAL(adapter.rows == result.best.rows, true);
    CHECK_EQUAL(adapter.origin.labels, std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"});
    const Json config = readJson(plan.out / "adapter" / "adapter_config.json");
    CHECK_EQUAL(config["task_type"].get<std::string>(), "SEQ_CLS");

    const auto model = openModel(plan.model, {Precision::Fp32, "cpu"});
    const auto examples = encodeForRun(plan, readTable(plan.train), nullptr, *model, nullptr, &adapter).training;
    CHECK_CLOSE(evaluate(*model, adapter, *examples).loss, evaluate(*model, result.best, *examples).loss, 1e-12);
    CHECK_EQUAL(readSnapshot(plan.out, 6).head == result.state.prompt.head, true);
  }
}

TEST_CASE("a run that goes on has the head it would have had") {
  const std::string variant = "bert_seqcls";
  const TrainingResult whole = run(planOf(variant, "whole"));
  std::stop_source stop;
  const TrainingPlan plan = planOf(variant, "halves");
  const auto stopAtThree = [&](const TrainingEvent& event) {
    if (const auto* step = std::get_if<Stepped>(&event); step != nullptr && step->step == 3) stop.request_stop();
  };
  carryOut(prepare(plan), stopAtThree, stop.get_token());
  const TrainingResult rest = carryOut(prepareToGoOn(plan.out), {});
  CHECK_EQUAL(rest.state.prompt.head == whole.state.prompt.head, true);
  CHECK_EQUAL(rest.state.prompt.rows == whole.state.prompt.rows, true);
}

TEST_CASE("a new run from an adapter starts from its head; formats without room for a head are refused") {
  const TrainingPlan first = planOf("gpt2_seqcls", "first");
  const TrainingResult result = run(first);
  TrainingPlan second = planOf("gpt2_seqcls", "second");
  second.promptTuningInit = PromptInit::Adapter;
  second.initFrom = first.out.string();
  const PreparedRun prepared = prepare(second);
  CHECK_EQUAL(prepared.start.head == result.best.head, true);
  const fs::path file = test::scratch("formats") / "prompt.npy";
  for (const char* format : {"npy", "kobold", "json"})
    CHECK_THROWS(exportPrompt(result.best, format, file), "has no room");
  CHECK(!fs::exists(file));
}

TEST_CASE("a decoder that writes text gets a head where the plan asks for one, and its adapter brings both back") {
  TrainingPlan plan = planOf("gpt2_seqcls", "headless");
  plan.model = (test::fixtures() / "gpt2" / "model").string();
  plan.taskType = PromptTask::SeqCls;
  const PreparedRun prepared = prepare(plan);
  CHECK_EQUAL(classesOf(prepared.start.head), 3);
  const TrainingResult result = carryOut(prepared, {});
  const SoftPrompt adapter = readPrompt(plan.out);
  CHECK_EQUAL(adapter.head == result.best.head, true);
  CHECK_EQUAL(adapter.origin.labels, std::vector<std::string>{"0", "1", "2"});
  CHECK_THROWS(checkFits(adapter, *openModel(plan.model, {Precision::Fp32, "cpu"})), "with a head");
  checkFits(adapter, *openModel(plan.model, {Precision::Fp32, "cpu", true}));

  TrainingPlan next = plan;  // from the adapter alone it is clear what the model is for
  next.taskType = PromptTask::Unknown;
  next.promptTuningInit = PromptInit::Adapter;
  next.initFrom = plan.out.string();
  next.out = test::scratch("headless-next") / "run";
  CHECK_EQUAL(prepare(next).start.head == adapter.head, true);

  TrainingPlan wrong = planOf("bert_seqcls", "wrong");
  wrong.taskType = PromptTask::CausalLm;
  CHECK_THROWS(prepare(wrong), "task_type is CAUSAL_LM");
  wrong.model = (test::fixtures() / "t5" / "model").string();
  wrong.taskType = PromptTask::SeqCls;
  CHECK_THROWS(prepare(wrong), "no head can be put on it");
}

TEST_CASE("an adapter that PEFT saved gives the scores that PEFT gives") {
  for (const auto& variant : test::classVariants) {
    const SafetensorsFile reference(test::fixtures() / variant / "reference.safetensors");
    std::vector<float> logits(12);
    std::memcpy(logits.data(), reference.tensors().at("train_full.tuned.logits").bytes.data(), logits.size() * sizeof(float));
    const auto model = openModel(test::fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const SoftPrompt prompt = readPrompt(test::fixtures() / variant / "adapter_full");
    const auto examples = encodeForRun({}, readTable(rowsOf(variant)), nullptr, *model, nullptr, &prompt).training;
    for (std::size_t row = 0; row < 4; ++row) {
      Examples one = *examples;  // a text by itself: its loss is that of its class
      one.items = {examples->items[row]};
      double all = 0;
      for (std::size_t i = 0; i < 3; ++i)
        all += std::exp(static_cast<double>(logits[3 * row + i]));
      const auto own = static_cast<std::size_t>(one.items[0].classIndex);
      CHECK_CLOSE(evaluate(*model, prompt, one).loss, std::log(all) - static_cast<double>(logits[3 * row + own]), 1e-4);
    }
  }
}

TEST_CASE("padding behind a decoder's text is not its last token") {
  const fs::path folder = test::scratch("padded");
  writeFileAtomically(folder / "plain.jsonl", R"({"input_ids": [7, 8, 9], "label": 1})");
  writeFileAtomically(folder / "padded.jsonl", R"({"input_ids": [7, 8, 9, 0, 0], "label": 1})");
  writeFileAtomically(folder / "masked.jsonl", R"({"input_ids": [7, 8, 9, 5], "attention_mask": [1, 1, 1, 0], "label": 1})");
  const auto model = openModel(test::fixtures() / "gpt2_seqcls" / "model", {Precision::Fp32, "cpu"});
  const auto lossOf = [&](const char* name) {
    return evaluate(*model, {}, *encodeForRun({}, readTable(folder / name), nullptr, *model, nullptr).training).loss;
  };
  CHECK_CLOSE(lossOf("padded.jsonl"), lossOf("plain.jsonl"), 1e-12);
  CHECK_CLOSE(lossOf("masked.jsonl"), lossOf("plain.jsonl"), 1e-12);
}

TEST_CASE("an adapter of PEFT 0.15, which did not train the head, works with the model's own") {
  const fs::path folder = test::fixtures() / "peft_0.15/llama_seqcls";
  const auto model = openModel(folder / "model", {Precision::Fp32, "cpu"});
  const SoftPrompt prompt = readPrompt(folder / "adapter_right");
  CHECK(prompt.head.empty());
  CHECK_EQUAL(headFor(prompt, *model) == model->head(), true);
}
