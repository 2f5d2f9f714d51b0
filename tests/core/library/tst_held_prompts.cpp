// The prompts of many runs and of one run's steps: those of the model that is asked for, with their starts, and no more than are wanted.
#include "core/exchange/peft.h"
#include "core/library/held_prompts.h"
#include "core/runs/checkpoint.h"
#include "core/runs/run_folder.h"
#include "core/support/files.h"
#include "core/training/events.h"
#include "tests/harness/harness.h"

#include <algorithm>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

SoftPrompt prompt(float first, const std::string& weights) {
  SoftPrompt made;
  made.rows = Matrix(2, 3);
  made.rows.values = {first, 2, 3, 4, 5, 6};
  made.origin = {"org/model", "llama", weights, 300, 4, 8, PromptInit::SampleVocabulary, "", ""};
  return made;
}

void makeRun(const fs::path& run, float first, const std::string& weights, std::int64_t snapshots = 0) {
  RunWriter writer(run, {}, weights, "data");
  for (std::int64_t step = 0; step < snapshots; ++step)
    writer.events()(Snapshotted{step, prompt(static_cast<float>(step), weights)});
  writePeftAdapter(run / "adapter", prompt(first, weights));
}

}  // namespace

TEST_CASE("runs of the model, with their starts; others and broken ones are left out") {
  const fs::path root = test::scratch("held");
  fs::remove_all(root);
  makeRun(root / "a", 1, "abc", 1);
  makeRun(root / "b", 2, "abc");
  makeRun(root / "other", 3, "xyz");
  makeRun(root / "broken", 4, "abc");
  writeFileAtomically(root / "broken" / "adapter" / "adapter_config.json", "{");
  RunWriter(root / "unfinished", {}, "abc", "data");
  auto held = promptsOfRuns(root, "abc", 10);
  std::ranges::sort(held, {}, &HeldPrompt::name);
  CHECK_EQUAL(held.size(), std::size_t{2});
  CHECK_EQUAL(held[0].name, std::string("a"));
  CHECK_EQUAL(held[1].prompt.rows.values[0], 2.0f);
  CHECK(held[0].start && held[0].start->rows.values[0] == 0.0f);
  CHECK(!held[1].start);
  CHECK_EQUAL(promptsOfRuns(root, "abc", 1).size(), std::size_t{1});
  CHECK(promptsOfRuns(root / "nowhere", "abc", 10).empty());
}

TEST_CASE("steps are spread evenly, the first and the last among them") {
  const fs::path root = test::scratch("held_steps");
  fs::remove_all(root);
  makeRun(root / "run", 1, "abc", 9);
  const auto held = promptsOfSteps(root / "run", 3);
  CHECK_EQUAL(held.size(), std::size_t{3});
  CHECK_EQUAL(held[0].name, std::string("step 0"));
  CHECK_EQUAL(held[1].name, std::string("step 4"));
  CHECK_EQUAL(held[2].prompt.rows.values[0], 8.0f);
  CHECK(held[2].start && held[2].start->rows.values[0] == 0.0f);
  CHECK_EQUAL(promptsOfSteps(root / "run", 100).size(), std::size_t{9});
}
