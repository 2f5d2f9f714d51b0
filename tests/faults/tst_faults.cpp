// The program killed before every operation on a file, and every operation failing once: nothing is damaged, and the run comes to the same
// prompt, bit for bit. All of them take long (./dev faults, which sets INCIPIT_FAULTS=all); otherwise some are picked from the whole
// length (INCIPIT_FAULTS=40: about as many). What was tried is said at the end.
#include "tests/faults/stage.h"

#include <cstdio>
#include <cstdlib>

using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

std::vector<long> places(long operations) {
  const char* wanted = std::getenv("INCIPIT_FAULTS");
  const bool all = wanted != nullptr && std::string(wanted) == "all";
  const long some = wanted != nullptr && !all ? std::max(1L, std::atol(wanted)) : 8, step = all ? 1 : std::max(1L, operations / some);
  std::vector<long> list;
  for (long at = 1; at <= operations; at += step)
    list.push_back(at);
  return list;
}

std::string where(const Fault& fault, const Outcome& outcome) {
  return fault.kind + " at operation " + std::to_string(fault.at) + ": status " + std::to_string(outcome.status) + ", " + outcome.err;
}

// After whatever happened: the run goes on, or begins where there is none yet, to the very same prompt.
void checkComesToTheSame(const Stage& stage, const std::string& expected, const Fault& fault, const std::string& steps) {
  const bool whole = fs::exists(stage.run() / "adapter" / "adapter_config.json") &&
                     contentOf(stage.run() / "events.jsonl").find("\"finished\"") != std::string::npos;
  Outcome outcome = fs::exists(stage.run() / "plan.json") ? stage.resume({}, steps) : stage.train();
  // A run that has its prompt says that it is done; also where what failed was its checkpoint, from which nothing can go on any more.
  const bool done = whole && (outcome.err.find(" were asked for") != std::string::npos ||
                              outcome.err.find("no checkpoint any more") != std::string::npos);
  if (outcome.status != 0 && !done) fail("afterwards, " + where(fault, outcome), __FILE__, __LINE__);
  if (stage.prompt() != expected) fail("another prompt, " + where(fault, outcome), __FILE__, __LINE__);
  stage.checkClean();
}

void attack(const Stage& stage, const std::function<Outcome(const Fault&)>& act, const std::function<void()>& reset,
            const std::string& steps, const std::vector<std::string>& kinds) {
  reset();
  if (const Outcome whole = act({}); whole.status != 0) fail(whole.err, __FILE__, __LINE__);
  const std::string expected = stage.prompt();
  const long operations = stage.operations();
  CHECK(operations > 20);
  for (const std::string& kind : kinds) {
    const std::vector<long> tried = places(operations);
    for (const long at : tried) {
      const Fault fault{kind, at};
      reset();
      const Outcome outcome = act(fault);
      if (kind == "kill") {
        CHECK_EQUAL(outcome.status, 128 + 9);
      } else if (outcome.status == 0) {
        if (stage.prompt() != expected) fail("no word, and another prompt: " + where(fault, outcome), __FILE__, __LINE__);
      } else {
        const bool sentence =
            outcome.err.find("incipit-cli: ") != std::string::npos && outcome.err.find("did not expect") == std::string::npos;
        if (outcome.status != 1 || !sentence) fail("no sentence: " + where(fault, outcome), __FILE__, __LINE__);
      }
      checkComesToTheSame(stage, expected, fault, steps);
    }
    std::printf("%s: %zu of %ld operations, nothing damaged\n", kind.c_str(), tried.size(), operations);
    std::fflush(stdout);
  }
}

}  // namespace

TEST_CASE("a run killed before an operation, or with one that fails") {
  const Stage stage("faults");
  attack(
      stage, [&](const Fault& fault) { return stage.train(fault); }, [&] { fs::remove_all(stage.run()); }, "", {"kill", "EIO", "ENOSPC"});
}

TEST_CASE("a run going on killed before an operation, or with one that fails") {
  const Stage stage("faults");
  const Outcome first = stage.train();
  if (first.status != 0) fail(first.err, __FILE__, __LINE__);
  const fs::path kept = stage.root().parent_path() / "kept";
  fs::remove_all(kept);
  fs::copy(stage.run(), kept, fs::copy_options::recursive);
  attack(
      stage, [&](const Fault& fault) { return stage.resume(fault, "5"); },
      [&] {
        fs::remove_all(stage.run());
        fs::copy(kept, stage.run(), fs::copy_options::recursive);
      },
      "5", {"kill", "EIO"});
}
