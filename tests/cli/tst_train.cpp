// Training from the terminal: PEFT's numbers, a run that goes on, Ctrl-C.
#include "core/tensor/floats.h"
#include "core/tensor/safetensors.h"
#include "tests/cli/program.h"
#include "tests/cli/small_model.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

std::string model() { return (fixtures() / "gpt2" / "model").string(); }
std::string start() { return (fixtures() / "gpt2" / "adapter_init").string(); }

// A tensor of 64-bit integers, as rows.
std::vector<std::vector<std::int64_t>> integers(const SafetensorsFile& file, const std::string& name) {
  const TensorEntry& entry = file.tensors().at(name);
  std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(entry.shape.at(0)));
  const std::byte* from = entry.bytes.data();
  for (auto& row : rows) {
    row.resize(static_cast<std::size_t>(entry.shape.at(1)));
    std::memcpy(row.data(), from, row.size() * sizeof(std::int64_t));
    from += row.size() * sizeof(std::int64_t);
  }
  return rows;
}

// The fixture's training batch as a data file: rows that are tokenised already, without their padding.
fs::path trainingRows(const fs::path& folder) {
  const SafetensorsFile reference(fixtures() / "gpt2" / "reference.safetensors");
  const auto ids = integers(reference, "train.input_ids"), mask = integers(reference, "train.attention_mask"),
             labels = integers(reference, "train.labels");
  std::ofstream out(folder / "rows.jsonl");
  for (std::size_t row = 0; row < ids.size(); ++row) {
    nlohmann::json line{{"input_ids", nlohmann::json::array()}, {"labels", nlohmann::json::array()}};
    for (std::size_t i = 0; i < ids[row].size(); ++i)
      if (mask[row][i] != 0) line["input_ids"].push_back(ids[row][i]), line["labels"].push_back(labels[row][i]);
    out << line.dump() << '\n';
  }
  return folder / "rows.jsonl";
}

// PEFT's ten steps.
std::vector<std::string> tenSteps(const fs::path& folder, const std::string& steps = "10") {
  return {"train",
          model(),
          "--train",
          trainingRows(folder).string(),
          "--init-from",
          start(),
          "--steps",
          steps,
          "--batch-size",
          "4",
          "--no-shuffle",
          "--learning-rate",
          "0.1",
          "--schedule",
          "constant",
          "--max-grad-norm",
          "0",
          "--precision",
          "fp32",
          "--threads",
          "1",
          "--out",
          (folder / "run").string(),
          "--json"};
}

nlohmann::json jsonOf(const fs::path& file) {
  std::ifstream in(file);
  return nlohmann::json::parse(in);
}

std::vector<double> losses(const fs::path& run) {
  std::vector<double> found;
  std::ifstream in(run / "events.jsonl");
  for (std::string line; std::getline(in, line);)
    if (const auto event = nlohmann::json::parse(line); event["event"] == "step") found.push_back(event["loss"].get<double>());
  return found;
}

Matrix adapterRows(const fs::path& folder) {
  return matrixFrom(SafetensorsFile(folder / "adapter_model.safetensors"), "prompt_embeddings");
}

double largestDifference(const Matrix& a, const Matrix& b) {
  CHECK_EQUAL(a.values.size(), b.values.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(a.values[i]) - b.values[i]));
  return worst;
}

}  // namespace

TEST_CASE("ten steps from the terminal give PEFT's losses and PEFT's prompt") {
  const auto folder = scratch("parity");
  const Outcome outcome = runCli(tenSteps(folder));
  CHECK_EQUAL(outcome.err.substr(0, outcome.status == 0 ? 0 : outcome.err.size()), "");
  const auto summary = outcome.json();
  CHECK_EQUAL(summary["steps"].get<int>(), 10);
  CHECK_EQUAL(summary["run"].get<std::string>(), (folder / "run").string());
  CHECK_EQUAL(summary["stopped"].get<bool>(), false);

  std::ifstream in(fixtures() / "gpt2" / "reference.json");
  const auto expected = nlohmann::json::parse(in)["train_loss"].get<std::vector<double>>();
  const auto found = losses(folder / "run");
  CHECK_EQUAL(found.size(), expected.size());
  for (std::size_t step = 0; step < expected.size(); ++step)
    CHECK_CLOSE(found[step], expected[step], 1e-4 * expected[step]);
  const Matrix final = matrixFrom(SafetensorsFile(fixtures() / "gpt2" / "reference.safetensors"), "prompt.final");
  CHECK_CLOSE(largestDifference(adapterRows(folder / "run" / "adapter"), final), 0, 1e-3);
}

TEST_CASE("a run goes on to the same numbers, and says when nothing is left to do") {
  const auto folder = scratch("resume");
  CHECK_EQUAL(runCli(tenSteps(folder, "4")).status, 0);
  const std::string run = (folder / "run").string();

  const Outcome done = runCli({"resume", run});
  CHECK_EQUAL(done.status, 1);
  CHECK(done.err.find("has done 4 steps") != std::string::npos);

  const Outcome onward = runCli({"resume", run, "--steps", "10", "--json"});
  CHECK_EQUAL(onward.status, 0);
  CHECK_EQUAL(onward.json()["steps"].get<int>(), 10);
  const auto whole = scratch("whole");
  CHECK_EQUAL(runCli(tenSteps(whole)).status, 0);
  CHECK_EQUAL(losses(folder / "run"), losses(whole / "run"));
  CHECK_EQUAL(adapterRows(folder / "run" / "adapter").values, adapterRows(whole / "run" / "adapter").values);
}

TEST_CASE("a run killed before its adapter was written has that done by resume, which is not a failure") {
  const auto folder = scratch("settled");
  const nlohmann::json expected = runCli(tenSteps(folder)).json();
  const fs::path run = folder / "run";
  const auto whole = adapterRows(run / "adapter").values;
  const auto endAtTheCheckpoint = [&] {
    std::ifstream in(run / "events.jsonl");
    std::string kept;
    for (std::string line; std::getline(in, line);)
      if (nlohmann::json::parse(line)["event"] != "finished") kept += line + '\n';
    write(run / "events.jsonl", kept);
    fs::remove_all(run / "adapter");
  };

  endAtTheCheckpoint();
  const Outcome settled = runCli({"resume", run.string(), "--json"});
  CHECK_EQUAL(settled.status, 0);
  CHECK(settled.err.find("before its prompt was written") != std::string::npos);
  for (const char* key : {"steps", "best_step", "kept_because", "last_loss", "smoothed_loss", "run", "adapter", "stopped"}) {
    if (!expected.contains(key)) fail(key, __FILE__, __LINE__);
    CHECK_EQUAL(settled.json().value(key, nlohmann::json()), expected[key]);
  }
  CHECK_EQUAL(adapterRows(run / "adapter").values, whole);
  CHECK_EQUAL(runCli({"resume", run.string()}).status, 1);

  endAtTheCheckpoint();
  const Outcome fewer = runCli({"resume", run.string(), "--steps", "5"});
  CHECK_EQUAL(fewer.status, 1);
  CHECK(fewer.err.find("has done 10 steps") != std::string::npos);

  endAtTheCheckpoint();
  const Outcome onward = runCli({"resume", run.string(), "--steps", "12", "--json"});
  CHECK_EQUAL(onward.status, 0);
  CHECK_EQUAL(onward.json()["steps"].get<int>(), 12);
}

TEST_CASE("a run is done again from its plan, and a flag wins over it") {
  const auto folder = scratch("again");
  CHECK_EQUAL(runCli(tenSteps(folder, "3")).status, 0);
  Conditions elsewhere;
  elsewhere.workingFolder = scratch("elsewhere");
  const std::string plan = (folder / "run" / "plan.json").string();
  const Outcome again = runCli({"train", "--plan", plan, "--steps", "2", "--json"}, elsewhere);
  CHECK_EQUAL(again.status, 0);
  const fs::path run = again.json()["run"].get<std::string>();
  CHECK_EQUAL(run.parent_path().string(), (elsewhere.workingFolder / "runs").string());
  auto first = losses(folder / "run");
  first.pop_back();
  CHECK_EQUAL(losses(run), first);
}

TEST_CASE("plan.json holds what was decided, and the same run comes of it, bit for bit") {
  const auto folder = scratch("decided");
  const auto model = smallModel("decided_model");
  write(folder / "rows.jsonl", R"({"text": "the sea is calm", "label": "0"}
{"text": "the wood is dark", "label": "1"}
{"text": "the sea is wide", "label": "0"}
)");
  const std::string data = (folder / "rows.jsonl").string(), run = (folder / "run").string();
  const Outcome first = runCli({"train", model.string(), "--train", data, "--validation", data, "--label-column", "label", "--epochs", "20",
                                "--batch-size", "2", "--num-virtual-tokens", "5", "--out", run});
  CHECK_EQUAL(first.status, 0);
  CHECK(first.err.find("The first example as the model reads it: row 1, ") != std::string::npos);
  CHECK(first.err.find("of them learned.\n  the sea is calm\u23celabel:\u00ab 0") != std::string::npos);

  const auto plan = jsonOf(folder / "run" / "plan.json");
  CHECK_EQUAL(plan["template"].get<std::string>(), "{text}\nlabel:");
  CHECK_EQUAL(plan["input_column"].get<std::string>(), "text");
  CHECK_EQUAL(plan["verbaliser"].dump(), R"({"0":"0","1":"1"})");
  CHECK_EQUAL(plan["max_length"].get<int>(), 64 - 5);
  CHECK_EQUAL(plan["steps"].get<int>(), 40);
  CHECK_EQUAL(plan["eval_every"].get<int>(), 4);
  CHECK_EQUAL(plan["snapshot_every"].get<int>(), 1);
  CHECK_EQUAL(plan["task_type"].get<std::string>(), "CAUSAL_LM");
  CHECK_EQUAL(plan["device"].get<std::string>().substr(0, 3) == "cpu" || plan["device"].get<std::string>().starts_with("cuda:"), true);
  CHECK(plan["precision"] != "auto");
  CHECK(plan["threads"].get<int>() > 0);
  const auto defaults = plan["_defaults"].get<std::vector<std::string>>();
  const auto left = [&](const char* key) { return std::find(defaults.begin(), defaults.end(), key) != defaults.end(); };
  CHECK(left("template") && left("threads") && left("eval_every"));
  CHECK(!left("label_column") && !left("epochs") && !left("batch_size"));

  const std::string again = (folder / "again").string();
  CHECK_EQUAL(runCli({"train", "--plan", run + "/plan.json", "--out", again}).status, 0);
  auto repeated = jsonOf(folder / "again" / "plan.json");
  repeated["out"] = plan["out"];
  CHECK_EQUAL(repeated.dump(), plan.dump());
  CHECK_EQUAL(losses(again), losses(run));
  CHECK_EQUAL(adapterRows(folder / "again" / "adapter").values, adapterRows(folder / "run" / "adapter").values);

  // From a machine with more cores and another device: what was decided there is decided anew, what was asked for is refused.
  auto foreign = plan;
  foreign["threads"] = 1000, foreign["device"] = "cuda:77";
  write(folder / "foreign.json", foreign.dump());
  CHECK_EQUAL(runCli({"train", "--plan", (folder / "foreign.json").string(), "--out", (folder / "here").string()}).status, 0);
  CHECK(jsonOf(folder / "here" / "plan.json")["threads"].get<int>() < 1000);
  foreign.erase("_defaults");
  write(folder / "foreign.json", foreign.dump());
  const Outcome refused = runCli({"train", "--plan", (folder / "foreign.json").string(), "--out", (folder / "there").string()});
  CHECK_EQUAL(refused.status, 1);
  CHECK(refused.err.find("cuda:77") != std::string::npos);

  // Other data with other columns is evaluated by its own, as before anything was written down.
  write(folder / "other.jsonl", R"({"sentence": "the sea is calm", "label": "0"})");
  CHECK_EQUAL(runCli({"evaluate", model.string(), "--prompt", run, "--data", (folder / "other.jsonl").string()}).status, 0);
}

TEST_CASE("Ctrl-C ends a run with everything saved, and it can go on") {
  const auto folder = scratch("interrupted");
  auto arguments = tenSteps(folder, "100000000");
  Conditions conditions;
  conditions.interruptAfter = 0.5;
  const Outcome outcome = runCli(arguments, conditions);
  CHECK_EQUAL(outcome.status, 130);
  const auto summary = outcome.json();
  CHECK_EQUAL(summary["stopped"].get<bool>(), true);
  CHECK(fs::exists(folder / "run" / "adapter" / "adapter_model.safetensors"));
  const int steps = summary["steps"].get<int>();
  CHECK_EQUAL(static_cast<int>(losses(folder / "run").size()), steps);
  const Outcome onward = runCli({"resume", (folder / "run").string(), "--steps", std::to_string(steps + 2), "--json"});
  CHECK_EQUAL(onward.status, 0);
  CHECK_EQUAL(onward.json()["steps"].get<int>(), steps + 2);
}

TEST_CASE("a run stopped between two validations is evaluated where it stands, and can still go on") {
  const auto folder = scratch("evaluated");
  auto arguments = tenSteps(folder, "100000000");
  const std::string rows = trainingRows(folder).string(), run = (folder / "run").string();
  arguments.insert(arguments.end(), {"--validation", rows, "--eval-every", "1000000"});
  Conditions conditions;
  conditions.interruptAfter = 0.5;
  const auto stopped = runCli(arguments, conditions).json();
  const int steps = stopped["steps"].get<int>();
  CHECK(steps > 0);
  CHECK(!stopped.contains("best_validation_loss"));  // only the start was judged, and that is not the prompt that is kept

  const Outcome evaluated = runCli({"resume", run, "--evaluate", "--json"});
  CHECK_EQUAL(evaluated.status, 0);
  CHECK_EQUAL(evaluated.json()["steps"].get<int>(), steps);
  CHECK_EQUAL(evaluated.json()["best_step"].get<int>(), steps);
  CHECK(evaluated.json()["validation_rows"].get<int>() > 0);
  CHECK(evaluated.json()["best_validation_loss"].get<double>() > 0);
  CHECK(evaluated.json()["kept_because"].get<std::string>().find("lowest") != std::string::npos);
  CHECK_EQUAL(static_cast<int>(losses(folder / "run").size()), steps);

  CHECK_EQUAL(runCli({"resume", run, "--steps", std::to_string(steps + 1)}).status, 0);
  const Outcome done = runCli({"resume", run, "--evaluate"});
  CHECK_EQUAL(done.status, 1);
  CHECK(done.err.find("was not stopped on its way") != std::string::npos);
  CHECK_EQUAL(runCli({"resume", run, "--evaluate", "--steps", "5"}).status, 2);
}

TEST_CASE("progress goes to standard error as plain lines where nobody watches, and the result to standard output") {
  const auto folder = scratch("words");
  auto arguments = tenSteps(folder);
  arguments.pop_back();  // --json
  const Outcome outcome = runCli(arguments);
  CHECK_EQUAL(outcome.status, 0);
  CHECK(outcome.err.find("Training 5 virtual tokens") != std::string::npos);
  CHECK(outcome.err.find("10 / 10") != std::string::npos);
  CHECK(outcome.err.find('\r') == std::string::npos && outcome.err.find('\033') == std::string::npos);
  CHECK(outcome.out.starts_with("Finished after 10 steps"));
  CHECK(outcome.out.find((folder / "run" / "adapter").string()) != std::string::npos);
}

TEST_CASE("a sweep has a row and a run folder for every combination, each with the numbers of a run by itself") {
  const auto folder = scratch("sweep");
  auto arguments = tenSteps(folder);
  CHECK_EQUAL(runCli(arguments).status, 0);
  arguments.front() = "sweep";
  *std::find(arguments.begin(), arguments.end(), (folder / "run").string()) = (folder / "swept").string();
  for (const char* word : {"--grid", "learning_rate=0.1,0.01", "--grid", "weight-decay=0,0.5"})
    arguments.emplace_back(word);
  const Outcome outcome = runCli(arguments);
  CHECK_EQUAL(outcome.status, 0);
  std::vector<nlohmann::json> rows;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);)
    rows.push_back(nlohmann::json::parse(line));
  CHECK_EQUAL(rows.size(), 4u);
  const auto alone = losses(folder / "run"), first = losses(rows[0]["run"].get<std::string>());
  CHECK_EQUAL(first.size(), alone.size());
  for (std::size_t step = 0; step < alone.size(); ++step)
    CHECK_CLOSE(first[step], alone[step], 1e-5 * alone[step]);
  CHECK_EQUAL(rows[3]["grid"]["learning_rate"].get<double>(), 0.01);
  CHECK_EQUAL(rows[3]["grid"]["weight_decay"].get<double>(), 0.5);
  CHECK(largestDifference(adapterRows(fs::path(rows[0]["run"].get<std::string>()) / "adapter"),
                          adapterRows(fs::path(rows[1]["run"].get<std::string>()) / "adapter")) > 1e-3);
  const Outcome again = runCli(arguments);
  CHECK_EQUAL(again.status, 1);
  CHECK(again.err.find("holds something already") != std::string::npos);
  arguments.back() = "weight-decya=0";
  const Outcome wrong = runCli(arguments);
  CHECK_EQUAL(wrong.status, 1);
  CHECK(wrong.err.find("Did you mean 'weight_decay'?") != std::string::npos);
}
