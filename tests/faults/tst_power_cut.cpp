// The power goes after any operation on a file, and what was not synced is lost: the run opens, and goes on to the same prompt, bit for
// bit. All states take long (./dev faults, which sets INCIPIT_FAULTS=all); otherwise some are picked from the whole length.
#include "tests/faults/stage.h"
#include "tests/faults/write_log.h"

#include <cstdio>
#include <cstdlib>
#include <set>

using namespace incipit::test;

namespace {

std::size_t wanted() {
  const char* set = std::getenv("INCIPIT_FAULTS");
  if (set == nullptr) return 5;
  return std::string(set) == "all" ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(std::max(1L, std::atol(set)));
}

const char* nameOf(Loss loss) {
  return loss == Loss::All ? "all that was not synced" : loss == Loss::Bytes ? "bytes that were not synced" : "half of what was not synced";
}

// Every state that a cut can leave, once, with the number of operations before it.
std::vector<std::size_t> pointsOf(const std::vector<Operation>& operations, const fs::path& root, Loss loss) {
  std::vector<std::size_t> points;
  std::set<std::string> seen;
  Disk disk(root);
  for (std::size_t k = 0; k <= operations.size(); ++k) {
    if (seen.insert(disk.describe(loss)).second) points.push_back(k);
    if (k < operations.size()) disk.apply(operations[k]);
  }
  return points;
}

}  // namespace

TEST_CASE("after a cut of power the run opens and goes on to the same prompt") {
  Stage stage("power");
  stage.wantLog(true);
  if (const Outcome whole = stage.train(); whole.status != 0) fail(whole.err, __FILE__, __LINE__);
  stage.wantLog(false);
  const std::string expected = stage.prompt();
  const std::vector<Operation> operations = readWriteLog(stage.log());
  CHECK(operations.size() > 50);

  // With nothing lost the replay is the run itself.
  Disk whole(stage.root());
  for (Operation operation : operations)
    whole.apply(operation);
  const std::string events = contentOf(stage.run() / "events.jsonl");
  CHECK(whole.describe(Loss::All).find(events) != std::string::npos);  // at its end everything is synced

  for (const Loss loss : {Loss::All, Loss::Bytes, Loss::Torn}) {
    const std::vector<std::size_t> points = pointsOf(operations, stage.root(), loss);
    const std::size_t step = std::max<std::size_t>(1, points.size() / wanted());
    std::size_t tried = 0;
    for (std::size_t i = 0; i < points.size(); i += step, ++tried) {
      fs::remove_all(stage.run());
      Disk disk(stage.root());
      for (std::size_t k = 0; k < points[i]; ++k)
        disk.apply(operations[k]);
      disk.restore(loss);
      const std::string where = std::string(nameOf(loss)) + ", after operation " + std::to_string(points[i]);
      const bool finished = contentOf(stage.run() / "events.jsonl").find("\"finished\"") != std::string::npos;
      const Outcome outcome = fs::exists(stage.run() / "plan.json") ? stage.resume() : stage.train();
      const bool done = finished && outcome.err.find(" were asked for") != std::string::npos;
      if (outcome.status != 0 && !done) fail(where + ": " + outcome.err, __FILE__, __LINE__);
      if (stage.prompt() != expected) fail("another prompt, " + where, __FILE__, __LINE__);
      stage.checkClean();
    }
    std::printf("lost %s: %zu of %zu states, every run went on\n", nameOf(loss), tried, points.size());
    std::fflush(stdout);
  }
}
