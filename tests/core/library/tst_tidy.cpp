// Marks that travel with a run, other names, less room: and nothing of a run that is being written is touched.
#include "core/library/marks.h"
#include "core/library/run_entry.h"
#include "core/library/tidy.h"
#include "core/runs/event_log.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

using namespace incipit;
namespace fs = std::filesystem;

namespace {

fs::path makeRun(const char* name, const fs::path& root = test::scratch("tidy")) {
  const fs::path run = root / name;
  RunWriter(run, {}, "model", "data");
  makeFolder(run / "snapshots");
  writeFileAtomically(run / "snapshots" / "step-000001.safetensors", std::string(1000, 'x'));
  makeFolder(run / "checkpoint");
  writeFileAtomically(run / "checkpoint" / "state.safetensors", std::string(500, 'x'));
  return run;
}

}  // namespace

TEST_CASE("marks are what they were when they are read again, and no marks are no file") {
  const fs::path run = makeRun("marked");
  CHECK(readMarks(run) == Marks());
  const Marks marks{true, {"sea", "<b>"}, "first \"try\"\nworks"};
  writeMarks(run, marks);
  CHECK(readMarks(run) == marks);
  CHECK(entryOf(run).marks == marks);
  writeMarks(run, {});
  CHECK(!fileExists(marksFile(run)));
  writeMarks(run, {});  // nothing to remove
}

TEST_CASE("broken marks are said, and do no harm to the list") {
  const fs::path run = makeRun("broken");
  for (const char* text : {"{", "[]", "{\"starred\":1}", "{\"tags\":\"a\"}", "{\"tags\":[1]}", "{\"note\":2}"}) {
    writeFileAtomically(marksFile(run), text);
    CHECK_THROWS(readMarks(run), "");
    CHECK(entryOf(run).problem.empty());
    CHECK(entryOf(run).marks == Marks());
  }
}

TEST_CASE("tags stand apart at commas") {
  CHECK(tagsFrom(" sea,first try ,, sea,") == (std::vector<std::string>{"sea", "first try"}));
  CHECK(tagsFrom("").empty());
}

TEST_CASE("a run is renamed where that is possible") {
  const fs::path run = makeRun("old name");
  makeRun("taken", run.parent_path());
  for (const char* name : {"", ".", "..", ".hidden", "a/b"})
    CHECK_THROWS(renameRun(run, name), "is not a name for a run");
  CHECK_THROWS(renameRun(run, "taken"), "called 'taken' beside it");
  {
    const EventLog log(run / "events.jsonl");
    CHECK_THROWS(renameRun(run, "new name"), "being written");
    CHECK_THROWS(dropSnapshots(run), "being written");
    CHECK_THROWS(dropCheckpoint(run), "being written");
  }
  const fs::path now = renameRun(run, "new name");
  CHECK(!fileExists(run) && fileExists(now / "plan.json"));
  CHECK_EQUAL(renameRun(now, "new name"), now);
  CHECK_EQUAL(entryOf(now).name, "new name");
}

TEST_CASE("room is given back, but never the only copy of a prompt") {
  const fs::path run = makeRun("large");
  const RunSpace before = spaceOf(run);
  CHECK_EQUAL(before.snapshots, std::uintmax_t(1000));
  CHECK_EQUAL(before.checkpoint, std::uintmax_t(500));
  CHECK(before.whole > 1500);
  dropSnapshots(run);
  CHECK_EQUAL(spaceOf(run).snapshots, std::uintmax_t(0));
  CHECK_EQUAL(spaceOf(run).whole, before.whole - 1000);
  fs::remove(run / "checkpoint" / "state.safetensors");  // a run that was killed before its first one
  CHECK_THROWS(dropCheckpoint(run), "only the checkpoint has it");
  makeFolder(run / "adapter");
  writeFileAtomically(run / "adapter" / "adapter_config.json", "{}");
  dropCheckpoint(run);
  CHECK(!fileExists(run / "checkpoint") && fileExists(run / "adapter"));
}
