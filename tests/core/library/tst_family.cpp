// Families of runs: whose prompt a run started from, whatever form the path has, and no order that never ends.
#include "core/library/family.h"
#include "tests/harness/harness.h"

using namespace incipit;

namespace {

RunEntry run(const char* folder, const std::string& from = {}) {
  RunEntry entry;
  entry.folder = folder;
  entry.name = entry.folder.filename().string();
  if (!from.empty()) entry.plan.promptTuningInit = PromptInit::Adapter, entry.plan.initFrom = from;
  return entry;
}

std::string shown(const std::vector<RunEntry>& runs) {
  std::string text;
  for (const auto& place : inFamilies(runs))
    text += std::string(static_cast<std::size_t>(place.depth), '-') + runs[place.run].name + " ";
  return text;
}

}  // namespace

TEST_CASE("a run starts from a run, its adapter or one of its snapshots") {
  const auto parent = [](const char* from) { return parentOf(run("/runs/x", from).plan); };
  CHECK(parent("/runs/a")->run == "/runs/a");
  CHECK(parent("/runs/a/")->run == "/runs/a");
  CHECK(parent("/runs/a/adapter")->run == "/runs/a");
  CHECK_EQUAL(parent("/runs/a/adapter/")->step, 0);
  CHECK(parent("/runs/./a/snapshots/step-000050.safetensors")->run == "/runs/a");
  CHECK_EQUAL(parent("/runs/a/snapshots/step-000050.safetensors")->step, 50);
  CHECK(parent("/runs/a/snapshots/step-5x.safetensors")->run == "/runs/a/snapshots/step-5x.safetensors");
  CHECK(!parentOf(run("/runs/a").plan));
}

TEST_CASE("children stand behind their parent, one generation deeper each") {
  CHECK_EQUAL(shown({run("/r/c", "/r/b"), run("/r/other"), run("/r/b", "/r/a/snapshots/step-000005.safetensors"), run("/r/a"),
                     run("/r/d", "/r/a/adapter"), run("/r/e", "/elsewhere/gone")}),
              std::string("other a -b --c -d e "));
  CHECK_EQUAL(shown({}), std::string());
}

TEST_CASE("runs that are listed from a relative folder have their families too") {
  CHECK_EQUAL(shown({run("runs/b", (std::filesystem::current_path() / "runs" / "a").string()), run("runs/a")}), std::string("a -b "));
}

TEST_CASE("runs that would be each other's ancestors end all the same, each once") {
  CHECK_EQUAL(shown({run("/r/a", "/r/b"), run("/r/b", "/r/a"), run("/r/c", "/r/c")}), std::string("c a -b "));
}
