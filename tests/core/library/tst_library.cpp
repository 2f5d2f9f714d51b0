// Many runs: listed, remembered, compared, shown to others.
#include "core/library/compare.h"
#include "core/library/library.h"
#include "core/library/report.h"
#include "core/library/tensorboard.h"
#include "core/runs/baselines.h"
#include "core/runs/event_log.h"
#include "core/runs/predictions.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

struct Made {
  double rate = 0.3;
  double accuracy = 0.5;
  bool ended = true;
  std::string label = "yes";
  std::vector<bool> right = {};
};

fs::path makeRun(const fs::path& root, const std::string& name, const Made& made) {
  const fs::path folder = root / name;
  makeFolder(folder);
  TrainingPlan plan;
  plan.model = "some/model";
  plan.train = root / "train.csv";
  plan.validation = root / "validation.csv";
  plan.data.labelColumn = "label";
  plan.learningRate = made.rate;
  plan.out = folder;
  writeJson(folder / "plan.json", toJson(plan));
  std::string events = R"({"event":"started","total_steps":20,"first_step":1,"trainable_parameters":128,"classes":["yes","no"]})"
                       "\n";
  for (int step = 1; step <= 20; ++step)
    events += R"({"event":"step","step":)" + std::to_string(step) + R"(,"loss":)" + std::to_string(3.0 / step) +
              R"(,"learning_rate":0.3,"grad_norm":1,"elapsed_s":)" + std::to_string(0.5 * step) + "}\n";
  events +=
      R"({"event":"evaluated","step":10,"loss":0.7,"accuracy":)" + std::to_string(made.accuracy) + R"(,"best":true,"elapsed_s":6})" + "\n";
  events += R"({"event":"evaluated","step":20,"loss":0.6,"accuracy":0.1,"best":false,"elapsed_s":12})"
            "\n";
  if (made.ended)
    events += compactJson(toJson(TrainingEvent(Finished{[&] {
                                                          Summary summary;
                                                          summary.steps = 20;
                                                          summary.bestStep = 10;
                                                          summary.smoothedLoss = 0.25;
                                                          summary.bestValidationLoss = 0.7;
                                                          summary.accuracy = made.accuracy;
                                                          summary.elapsedSeconds = 12;
                                                          return summary;
                                                        }(),
                                                        ""}))) +
              "\n";
  writeFileAtomically(folder / "events.jsonl", events);
  if (!made.right.empty()) {
    Predictions predictions{10, {made.label, "no"}, {}};
    for (std::size_t i = 0; i < made.right.size(); ++i)
      predictions.rows.push_back({std::int64_t(i),
                                  made.right[i] ? 0.2 : 1.5,
                                  1,
                                  2.0,
                                  made.label,
                                  made.right[i] ? made.label : "no",
                                  made.right[i] ? 1 : 2,
                                  {-0.2, -1.5}});
    writePredictions(folder, predictions);
  }
  return folder;
}

const RunEntry& named(const std::vector<RunEntry>& runs, const std::string& name) {
  return *std::ranges::find(runs, name, &RunEntry::name);
}

}  // namespace

TEST_CASE("a run is listed with the value of its measure, the step that had it, and its curve") {
  const fs::path root = test::scratch("library") / "one";
  makeRun(root, "done", {0.3, 0.875});
  makeRun(root, "cut", {0.1, 0.5, false});
  makeFolder(root / "no run");
  makeFolder(root / "broken");
  writeFileAtomically(root / "broken" / "events.jsonl", "{}\n");
  writeFileAtomically(root / "broken" / "plan.json", "[1]");
  const auto runs = listRuns({root});
  CHECK_EQUAL(runs.size(), std::size_t(3));
  const RunEntry& done = named(runs, "done");
  CHECK_EQUAL(done.status, "finished");
  CHECK_EQUAL(done.metric, "accuracy");
  CHECK_CLOSE(*done.best, 0.875, 1e-12);
  CHECK_EQUAL(done.bestStep, 10);  // not the last one
  CHECK_EQUAL(done.parameters, 128);
  CHECK_EQUAL(done.curve.size(), std::size_t(20));
  CHECK(done.curve.front() > done.curve.back());
  CHECK_EQUAL(named(runs, "cut").status, "interrupted");
  CHECK_EQUAL(named(runs, "broken").status, "unreadable");
  CHECK(named(runs, "broken").problem.find("not a plan") != std::string::npos);
  CHECK(listRuns({root / "not there"}).empty());
  CHECK_EQUAL(listRuns({root / "done", root}).size(), std::size_t(3));  // named twice, listed once
}

TEST_CASE("a run that a program is writing is said to be running") {
  const fs::path root = test::scratch("library") / "running";
  const fs::path run = makeRun(root, "now", {0.3, 0.5, false});
  {
    const EventLog writing(run / "events.jsonl");
    CHECK_EQUAL(listRuns({root}).front().status, "running");
  }
  CHECK_EQUAL(listRuns({root}).front().status, "interrupted");  // killed: nothing in the folder has changed
}

TEST_CASE("the second look comes from the index, and only what has changed is read again") {
  const fs::path root = test::scratch("library") / "index";
  makeRun(root, "one", {0.3, 0.5});
  makeRun(root, "two", {0.1, 0.6});
  const auto first = listRuns({root});
  const fs::path index = root / ".incipit-runs.json";
  CHECK(fileExists(index));
  // What the index says is believed: it says something else, and so does the list.
  Json kept = readJson(index);
  kept["runs"]["one"]["entry"]["accuracy"] = 0.99;
  writeFileAtomically(index, compactJson(kept));
  CHECK_CLOSE(*named(listRuns({root}), "one").accuracy, 0.99, 1e-12);
  CHECK(toJson(named(listRuns({root}), "two")) == toJson(named(first, "two")));
  makeRun(root, "one", {0.3, 0.75});  // trained again
  CHECK_CLOSE(*named(listRuns({root}), "one").accuracy, 0.75, 1e-12);
  fs::remove_all(root / "two");
  CHECK_EQUAL(listRuns({root}).size(), std::size_t(1));
  CHECK(!readJson(index)["runs"].contains("two"));
  for (const char* broken : {"", "[]", "{\"version\":1,\"runs\":{\"one\":7}}", "{\"version\":99}"}) {
    writeFileAtomically(index, broken);
    CHECK_CLOSE(*named(listRuns({root}), "one").accuracy, 0.75, 1e-12);
  }
}

TEST_CASE("what differs between runs is what their plans say otherwise, and not where they lie") {
  const fs::path root = test::scratch("library") / "differs";
  const std::vector<RunEntry> runs = {entryOf(makeRun(root, "a", {0.3})), entryOf(makeRun(root, "b", {0.1})),
                                      entryOf(makeRun(root, "c", {0.3}))};
  const Differing differing = whatDiffers(runs);
  CHECK_EQUAL(differing.knobs, std::vector<std::string>({"learning_rate"}));
  CHECK_EQUAL(differing.values[0], std::vector<std::string>({"0.3"}));
  CHECK_EQUAL(differing.values[1], std::vector<std::string>({"0.1"}));
  CHECK_EQUAL(differing.values[2], std::vector<std::string>({"0.3"}));
  CHECK(whatDiffers({}).knobs.empty());
}

TEST_CASE("two runs are compared on the examples that both judged, as their predictions say") {
  const fs::path root = test::scratch("library") / "compared";
  const std::vector<bool> a = {true, true, false, false, false, false, true, false}, b = {true, true, true, true, true, false, false, true};
  const auto one = makeRun(root, "a", {0.3, 0.375, true, "yes", a}), other = makeRun(root, "b", {0.1, 0.75, true, "yes", b});
  writeFileAtomically(root / "validation.csv", "text,label\n");
  const RunComparison compared = compareRuns({one, other});
  CHECK_EQUAL(compared.runs.front().name, "a");
  const AgainstBaseline& against = *compared.against[1];
  CHECK_EQUAL(against.by, "accuracy");
  CHECK_EQUAL(against.examples, 8);
  CHECK_EQUAL(against.won, std::vector<std::int64_t>({2, 3, 4, 7}));
  CHECK_EQUAL(against.lost, std::vector<std::int64_t>({6}));
  CHECK_EQUAL(against.comparison.deciding, 5);
  CHECK_CLOSE(against.comparison.difference.value, 3.0 / 8, 1e-12);
  CHECK_CLOSE(against.chance, 0.375, 1e-12);  // two-sided binomial test, 1 of 5: scipy.stats.binomtest(1, 5).pvalue
  CHECK(inWords(against, "a", "b").starts_with("b is better than a: "));
  const RunComparison turned = compareRuns({one, other}, 1);
  CHECK_EQUAL(turned.runs.front().name, "b");
  CHECK_CLOSE(turned.against[1]->comparison.difference.value, -3.0 / 8, 1e-12);

  const auto older = makeRun(root, "older", {0.3, 0.5});
  CHECK(!compareRuns({one, older}).against[1]);
  CHECK(compareRuns({one, older}).unknown[1].find("older program") != std::string::npos);
  CHECK_THROWS(compareRuns({one, root / "nothing"}), "is not a run");
}

TEST_CASE("a report is one page with everything in it, and nothing of what it shows is taken for HTML") {
  const fs::path root = test::scratch("library") / "report";
  const std::string nasty = "<img src=x onerror=alert(1)>";
  const auto one = makeRun(root, "a <b>", {0.3, 0.5, true, nasty, {true, false, true}});
  const auto other = makeRun(root, "b", {0.1, 0.75, true, nasty, {true, true, true}});
  writeFileAtomically(root / "validation.csv", "text,label\n\"<script>alert(2)</script>\",x\nsecond,y\nthird,y\n");
  ReportWishes wishes;
  wishes.program = "Incipit";
  const std::string page = htmlReport({one, other}, wishes);
  for (const char* there :
       {"2 runs compared", "learning_rate", "<svg", "a &lt;b&gt;", "&lt;script&gt;", "Confusion matrix", "b is better than"})
    CHECK_EQUAL(page.find(there) == std::string::npos ? there : "", std::string());
  for (const char* never : {"<script", "<img", "http://", "https://", "src=x onerror=alert(1)>"})
    CHECK_EQUAL(page.find(never) == std::string::npos ? "" : never, std::string());
  CHECK(htmlReport({one}, wishes).find("Side by side") == std::string::npos);
  // What lies beside the runs and is broken is said in its place; what can be said without it, is.
  writeFileAtomically(other / "predictions.jsonl", "{\"row\":");
  BaselineFigures bare{"bare_model", "k", "", 3, 0, 1.25, {}, 0.375, {}};
  writeBaselines(other, {bare, {"linear_probe", "k", "it has no head", 0, 0, {}, {}, {}, {}}});
  const std::string without = htmlReport({one, other}, wishes);
  for (const char* there : {"predictions.jsonl", "the bare model", "37.5 %", "No figure of a linear probe", "Confusion matrix"})
    CHECK_EQUAL(without.find(there) == std::string::npos ? there : "", std::string());
  CHECK(without.find("b is better than") == std::string::npos);
  const auto text = makeRun(root, "cut", {0.3, 0.5, false});
  CHECK(htmlReport({text}, wishes).find("Interrupted after 20 steps") != std::string::npos);
}

TEST_CASE("TensorBoard's event file is framed and summed as its readers expect") {
  const fs::path root = test::scratch("library") / "tensorboard";
  const RunRecord run = readRun(makeRun(root, "a", {0.3, 0.5}));
  const std::string bytes = tensorBoardEvents(run);
  const auto crc = [](std::string_view text) {  // bit by bit, from the definition
    std::uint32_t value = ~0U;
    for (const char c : text) {
      value ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit)
        value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82f63b78U : 0);
    }
    value = ~value;
    return ((value >> 15U) | (value << 17U)) + 0xa282ead8U;
  };
  CHECK_EQUAL(((crc("123456789") - 0xa282ead8U) << 15U | (crc("123456789") - 0xa282ead8U) >> 17U), 0xe3069283U);  // RFC 3720's check value
  std::size_t at = 0, records = 0;
  const auto number = [&](std::size_t place, auto kind) {
    std::memcpy(&kind, bytes.data() + place, sizeof kind);
    return kind;
  };
  while (at < bytes.size()) {
    const auto length = number(at, std::uint64_t{});
    CHECK_EQUAL(number(at + 8, std::uint32_t{}), crc(std::string_view(bytes).substr(at, 8)));
    CHECK_EQUAL(number(at + 12 + length, std::uint32_t{}), crc(std::string_view(bytes).substr(at + 12, length)));
    at += length + 16;
    ++records;
  }
  CHECK_EQUAL(at, bytes.size());
  CHECK_EQUAL(records, std::size_t(1 + 20 + 2));
  CHECK(bytes.find("brain.Event:2") != std::string::npos);
  CHECK(bytes.find("validation/accuracy") != std::string::npos);
}
