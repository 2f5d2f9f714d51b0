// A run that goes on in a process of its own: watched, stopped, and come to the end it would have had.
#include "core/support/files.h"
#include "tests/cli/program.h"
#include "tests/harness/harness.h"

#include <filesystem>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> train(const fs::path& rows, const fs::path& run) {
  return {"train",
          (fixtures() / "gpt2" / "model").string(),
          "--train",
          rows.string(),
          "--steps",
          "4000",
          "--num-virtual-tokens",
          "4",
          "--threads",
          "1",
          "--precision",
          "fp32",
          "--out",
          run.string(),
          "--json"};
}

}  // namespace

TEST_CASE("a run that was stopped goes on in the background, is watched and stopped from here, and ends with the same prompt") {
  const fs::path folder = scratch("background");
  const fs::path rows = folder / "rows.jsonl";
  std::string text;
  for (int i = 0; i < 8; ++i)
    text += R"({"input_ids":[)" + std::to_string(20 + i) + R"(,2,3,4],"labels":[-100,2,3,4]})" + "\n";
  writeFileAtomically(rows, text);
  const fs::path whole = folder / "whole", parts = folder / "parts";
  CHECK_EQUAL(runCli(train(rows, whole)).status, 0);

  Conditions soon;
  soon.interruptAfter = 0.1;
  CHECK_EQUAL(runCli(train(rows, parts), soon).status, 130);
  const Outcome started = runCli({"resume", parts.string(), "--background", "--json"});
  CHECK_EQUAL(started.status, 0);
  CHECK(started.json()["process"].get<int>() > 0);
  // It begins to write in its own time: until then there is nothing to stop.
  Outcome stopped{1, "", ""};
  for (int i = 0; i < 200 && stopped.status != 0; ++i)
    stopped = runCli({"attach", parts.string(), "--stop", "--json"});
  CHECK_EQUAL(stopped.status, 0);
  CHECK_EQUAL(stopped.json()["status"], "stopped");
  CHECK(stopped.json()["steps"].get<int>() < 4000);

  CHECK_EQUAL(runCli({"resume", parts.string(), "--background"}).status, 0);
  nlohmann::json end = nlohmann::json::object();
  for (int i = 0; i < 200 && end.value("steps", 0) < 4000; ++i)
    end = runCli({"attach", parts.string(), "--json"}).json();
  CHECK_EQUAL(end["status"], "finished");
  CHECK(readFile(parts / "adapter" / "adapter_model.safetensors") == readFile(whole / "adapter" / "adapter_model.safetensors"));
  CHECK_EQUAL(runCli({"resume", parts.string(), "--background"}).status, 1);  // it is done, and that is said here
  CHECK_EQUAL(runCli({"attach", parts.string(), "--stop"}).status, 1);        // nothing goes on any more
}
