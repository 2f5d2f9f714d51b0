// The forgetting meter: what the prompt does to a text beside its task, told at every validation and kept in the file.
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/training/estimate.h"
#include "tests/harness/harness.h"

using namespace incipit;
namespace fs = std::filesystem;

namespace {

TrainingPlan planIn(const fs::path& folder) {
  TrainingPlan plan;
  plan.model = "demo";
  plan.train = folder / "train.jsonl";
  plan.validation = folder / "validation.jsonl";
  writeFileAtomically(plan.train, "{\"text\": \"The tide came in.\"}\n{\"text\": \"The boat went out to sea.\"}\n");
  writeFileAtomically(plan.validation, "{\"text\": \"The gulls cried.\"}\n");
  plan.out = folder / "run";
  plan.numVirtualTokens = 3;
  plan.steps = 4;
  plan.batchSize = 2;
  plan.evalEvery = 2;
  plan.snapshotEvery = 2;
  plan.precision = Precision::Fp32;
  plan.learningRate = 0.3;
  return plan;
}

std::vector<Evaluated> looksOf(const std::vector<TrainingEvent>& events) {
  std::vector<Evaluated> looks;
  for (const TrainingEvent& event : events)
    if (const auto* evaluated = std::get_if<Evaluated>(&event)) looks.push_back(*evaluated);
  return looks;
}

}  // namespace

TEST_CASE("every validation measures the neutral text with the prompt and without, on the same tokens, and the file keeps it") {
  TrainingPlan plan = planIn(test::scratch("neutral"));
  plan.forgettingText = neutralName;
  const PreparedRun run = prepare(plan);
  carryOut(run, {});
  const auto neutral = neutralOf(run.plan, *run.model, run.tokenizer.get());
  CHECK(neutral->items.size() > 3);
  for (const Example& piece : neutral->items)
    CHECK(piece.labels.front() == notScored && piece.labels.back() == piece.ids.back());
  const double bare = evaluate(*run.model, SoftPrompt{}, *neutral).loss;
  const auto looks = looksOf(readRun(plan.out).events);
  CHECK_EQUAL(looks.size(), std::size_t{3});
  for (const Evaluated& look : looks) {
    CHECK_CLOSE(*look.bareNeutralLoss, bare, 1e-5);
    const SoftPrompt prompt = look.step == 0 ? run.start : readSnapshot(plan.out, look.step);
    const Evaluation with = evaluate(*run.model, prompt, *neutral);
    CHECK_CLOSE(*look.neutralLoss, with.loss, 1e-5);
    CHECK_EQUAL(with.scoredTokens, evaluate(*run.model, SoftPrompt{}, *neutral).scoredTokens);
  }
  CHECK(std::abs(*looks[2].neutralLoss - bare) > 1e-3);
  // The estimate beforehand said how large its file is, but for the header.
  const auto bytes = static_cast<double>(fs::file_size(plan.out / "adapter" / "adapter_model.safetensors"));
  const double said = estimateRun(run.plan, *run.model, *run.training, run.validation.get()).fileBytes;
  CHECK(bytes >= said && bytes < said + 1000);
  CHECK_EQUAL(readRun(plan.out).plan.forgettingText, fs::path(neutralName));
}

TEST_CASE("a text of one's own is measured too, and what cannot be measured is said before the run") {
  const fs::path folder = test::scratch("own");
  TrainingPlan plan = planIn(folder);
  plan.forgettingText = folder / "own.txt";
  writeFileAtomically(plan.forgettingText, "Bread is made of flour, water and salt.");
  carryOut(prepare(plan), {});
  CHECK(looksOf(readRun(plan.out).events).front().neutralLoss.has_value());

  plan.out = folder / "second";
  writeFileAtomically(plan.forgettingText, "");
  CHECK_THROWS(carryOut(prepare(plan), {}), "too short");
  CHECK(!fs::exists(plan.out / "plan.json"));
  plan.forgettingText = folder / "nowhere.txt";
  CHECK_THROWS(carryOut(prepare(plan), {}), "nowhere.txt");
  plan.validation.clear();
  CHECK_THROWS(prepare(plan), "whenever the prompt is validated");
  CHECK_THROWS(neutralOf(plan, *openModel(test::fixtures() / "t5" / "model"), nullptr), "no tokenizer");
}
