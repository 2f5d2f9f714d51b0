// The program killed at random moments, in this terminal and in the background, again and again: each run comes to the same prompt, bit for
// bit. A test run kills ten times; ./dev faults, which sets INCIPIT_FAULTS=all, two hundred times.
#include "core/support/files.h"
#include "tests/cli/program.h"
#include "tests/harness/harness.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

class Victim {
 public:
  Victim() : m_folder(scratch("kills")) {
    std::string rows;
    for (int i = 0; i < 16; ++i)
      rows += R"({"input_ids":[)" + std::to_string(20 + i) + R"(,2,3,4],"labels":[-100,2,3,4]})" + "\n";
    writeFileAtomically(m_folder / "rows.jsonl", rows);
    const auto before = std::chrono::steady_clock::now();
    const Outcome whole = train(m_folder / "whole");
    if (whole.status != 0) fail(whole.err, __FILE__, __LINE__);
    m_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    m_expected = promptOf(m_folder / "whole");
  }

  double seconds() const { return m_seconds; }  // a whole run
  fs::path run() const { return m_folder / "run"; }
  void begin() const { fs::remove_all(run()); }
  bool begun() const { return fs::exists(run() / "plan.json"); }
  bool done() const { return promptOf(run()) == m_expected; }

  Outcome train(const fs::path& to, double killAfter = -1) const {
    return call({"train",
                 (fixtures() / "gpt2" / "model").string(),
                 "--train",
                 (m_folder / "rows.jsonl").string(),
                 "--validation",
                 (m_folder / "rows.jsonl").string(),
                 "--eval-every",
                 "50",
                 "--steps",
                 "600",
                 "--num-virtual-tokens",
                 "4",
                 "--threads",
                 "1",
                 "--precision",
                 "fp32",
                 "--snapshot-every",
                 "20",
                 "--out",
                 to.string()},
                killAfter);
  }
  Outcome goOn(double killAfter = -1) const { return begun() ? call({"resume", run().string()}, killAfter) : train(run(), killAfter); }
  // False: there is nothing to go on with in the background.
  bool killInBackground(double after) const {
    if (!begun()) return false;
    const Outcome started = call({"resume", run().string(), "--background", "--json"}, -1);
    if (started.status != 0) return false;
    std::this_thread::sleep_for(std::chrono::duration<double>(after));
    const auto process = static_cast<pid_t>(started.json()["process"].get<int>());
    const bool killed = ::kill(process, SIGKILL) == 0;
    while (::kill(process, 0) == 0)  // its lock goes with it
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return killed;
  }

 private:
  static std::string promptOf(const fs::path& run) {
    const fs::path file = run / "adapter" / "adapter_model.safetensors";
    return fs::exists(file) ? readFile(file) : std::string();
  }
  static Outcome call(const std::vector<std::string>& words, double killAfter) {
    Conditions conditions;
    conditions.environment = {"OMP_WAIT_POLICY=PASSIVE"};
    conditions.killAfter = killAfter;
    return runCli(words, conditions);
  }

  fs::path m_folder;
  double m_seconds = 0;
  std::string m_expected;
};

}  // namespace

TEST_CASE("killed at random moments, a run comes to the same prompt") {
  const char* wanted = std::getenv("INCIPIT_FAULTS");
  const int least = wanted != nullptr && std::string(wanted) == "all" ? 200 : 10;
  const Victim victim;
  std::mt19937_64 random(static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()));
  const auto moment = [&] { return std::uniform_real_distribution<double>(0, victim.seconds())(random); };
  int kills = 0, background = 0, runs = 0;
  while (kills < least) {
    victim.begin();
    ++runs;
    for (int times = 1 + static_cast<int>(random() % 4); times > 0; --times) {
      const double after = moment();
      if (random() % 3 == 0) {
        if (victim.killInBackground(after)) ++kills, ++background;
      } else if (victim.goOn(after).status == 128 + SIGKILL) {
        ++kills;
      }
    }
    const Outcome last = victim.goOn();
    const bool over = last.err.find(" were asked for") != std::string::npos;  // the last kill came when all was done
    if (last.status != 0 && !over) fail("after " + std::to_string(kills) + " kills: " + last.err, __FILE__, __LINE__);
    CHECK(victim.done());  // the same prompt
  }
  std::printf("%d kills (%d in the background) of %d runs: the same prompt, bit for bit\n", kills, background, runs);
}
