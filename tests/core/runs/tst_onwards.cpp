// Runs that do not go straight from their first step to their last: stopped and judged, gone on with, with rows held out.
#include "core/exchange/exchange.h"
#include "core/runs/carry_out.h"
#include "core/runs/judge_stopped.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <set>
#include <stop_token>

using namespace incipit;
namespace fs = std::filesystem;

namespace {

TrainingPlan smallRun(const fs::path& folder) {
  const fs::path data = folder.parent_path() / "data.jsonl";
  writeFileAtomically(data, R"({"input_ids":[1,2,3,4],"labels":[1,2,3,4]})"
                            "\n");
  TrainingPlan wanted;
  wanted.model = (test::fixtures() / "gpt2" / "model").string();
  wanted.train = data;
  wanted.out = folder;
  wanted.numVirtualTokens = 2;
  return wanted;
}

// A run that is stopped after `step` of 20, the next look being far.
TrainingResult stoppedAfter(const TrainingPlan& plan, std::int64_t step) {
  std::stop_source stop;
  return carryOut(
      prepare(plan),
      [&](const TrainingEvent& event) {
        if (const auto* stepped = std::get_if<Stepped>(&event); stepped != nullptr && stepped->step == step) stop.request_stop();
      },
      stop.get_token());
}

TrainingPlan validatedRun(const fs::path& folder) {
  TrainingPlan wanted = smallRun(folder);
  std::string rows;
  for (int i = 0; i < 12; ++i)
    rows += R"({"input_ids":[)" + std::to_string(20 + i) + R"(,2,3,4],"labels":[-100,2,3,4]})" + "\n";
  writeFileAtomically(wanted.train, rows);
  wanted.validation = folder.parent_path() / "validation.jsonl";
  writeFileAtomically(wanted.validation, rows);
  wanted.steps = 20;
  wanted.evalEvery = 8;
  wanted.evalRows = 4;
  wanted.learningRate = 0.05;
  wanted.precision = Precision::Fp32;
  return wanted;
}

}  // namespace

TEST_CASE("a run stopped between two validations is judged where it stands, on all rows, and every file says the same") {
  const fs::path folder = test::scratch("runs") / "judged";
  const TrainingPlan wanted = validatedRun(folder);
  const TrainingResult stopped = stoppedAfter(wanted, 11);
  CHECK_EQUAL(stopped.summary.bestStep, 8);
  const std::string events = readFile(folder / "events.jsonl");

  std::stop_source stop;
  stop.request_stop();
  CHECK(!judgeStopped(folder, {}, stop.get_token()));
  CHECK_EQUAL(readFile(folder / "events.jsonl"), events);  // cancelled: as it was

  std::int64_t told = 0;
  const auto result = judgeStopped(folder, [&](const TrainingEvent& event) { told += std::holds_alternative<Validating>(event); });
  CHECK(told > 0);
  CHECK_EQUAL(result->summary.bestStep, 11);
  CHECK_EQUAL(result->summary.validationRows, 12);
  CHECK(result->best.rows == stopped.state.prompt.rows);
  const RunRecord run = readRun(folder);
  CHECK_EQUAL(run.status, "stopped");
  CHECK_EQUAL(run.summary->bestStep, 11);
  CHECK_CLOSE(*run.summary->bestValidationLoss, *result->summary.bestValidationLoss, 1e-12);
  CHECK(readPrompt(folder).rows == result->best.rows);
  CHECK_CLOSE(*readPrompt(folder).origin.use.validationLoss, *result->summary.bestValidationLoss, 1e-12);
  CHECK_EQUAL(readCheckpoint(folder)->keptStep(), 11);

  // Killed between the checkpoint and the adapter: whoever opens the run next brings both into agreement.
  writeFileAtomically(folder / "events.jsonl", events);
  fs::remove_all(folder / "adapter");
  settleRun(folder);
  CHECK_EQUAL(readRun(folder).summary->bestStep, 11);
  CHECK(readPrompt(folder).rows == result->best.rows);

  // And it goes on to the numbers it would have had.
  TrainingPlan whole = wanted;
  whole.out = folder.parent_path() / "whole";
  CHECK(carryOut(prepareToGoOn(folder), {}).state.prompt.rows == carryOut(prepare(whole), {}).state.prompt.rows);
  CHECK_THROWS(judgeStopped(folder, {}), "was not stopped on its way");
}

TEST_CASE("a stop takes no validation away: one that was due is made by the run that goes on") {
  const fs::path folder = test::scratch("runs") / "due";
  const TrainingPlan wanted = validatedRun(folder);
  const TrainingResult stopped = stoppedAfter(wanted, 8);
  CHECK_EQUAL(stopped.summary.bestStep, 8);
  CHECK(!stopped.summary.bestValidationLoss);  // only the start was looked at
  std::vector<std::int64_t> looks;
  const TrainingResult rest = carryOut(prepareToGoOn(folder), [&](const TrainingEvent& event) {
    if (const auto* evaluated = std::get_if<Evaluated>(&event); evaluated != nullptr && !evaluated->whole) looks.push_back(evaluated->step);
  });
  CHECK_EQUAL(looks, std::vector<std::int64_t>({8, 16, 20}));
  TrainingPlan whole = wanted;
  whole.out = folder.parent_path() / "whole";
  const TrainingResult atOnce = carryOut(prepare(whole), {});
  CHECK_EQUAL(rest.summary.bestStep, atOnce.summary.bestStep);
  CHECK_CLOSE(*rest.summary.bestValidationLoss, *atOnce.summary.bestValidationLoss, 1e-12);
}

TEST_CASE("more steps draw the schedule anew, or keep the rate constant, and the plan repeats which") {
  const auto rates = [](const PreparedRun& run) {
    std::vector<double> all;
    carryOut(run, [&](const TrainingEvent& event) {
      if (const auto* step = std::get_if<Stepped>(&event)) all.push_back(step->learningRate);
    });
    return all;
  };
  const fs::path place = test::scratch("runs");
  TrainingPlan wanted = smallRun(place / "anew");
  wanted.steps = 4;
  wanted.learningRate = 0.4;
  CHECK_CLOSE(rates(prepare(wanted)).back(), 0.1, 1e-12);
  CHECK_CLOSE(rates(prepareToGoOn(place / "anew", {8, {}})).front(), 0.2, 1e-12);

  wanted.out = place / "constant";
  auto whole = rates(prepare(wanted));
  const auto rest = rates(prepareToGoOn(wanted.out, {8, 0.01}));
  CHECK_EQUAL(rest, std::vector<double>(4, 0.01));
  whole.insert(whole.end(), rest.begin(), rest.end());
  const RunRecord run = readRun(wanted.out);
  TrainingPlan again = run.plan;
  again.out = place / "again";
  CHECK_EQUAL(rates(prepare(again)), whole);
  CHECK(readPrompt(again.out).rows == readPrompt(wanted.out).rows);
}

TEST_CASE("rows held out are the same whenever the plan is carried out, and never trained on") {
  const fs::path folder = test::scratch("runs") / "held";
  TrainingPlan wanted = validatedRun(folder);
  wanted.validation.clear();
  wanted.validationFraction = 0.25;
  const PreparedRun run = prepare(wanted);
  CHECK_EQUAL(run.validation->items.size(), std::size_t{3});
  CHECK_EQUAL(run.training->items.size(), std::size_t{9});
  std::set<std::int64_t> rows;
  for (const auto& examples : {run.training, run.validation})
    for (const Example& example : examples->items)
      CHECK(rows.insert(example.row).second);
  stoppedAfter(wanted, 3);
  const auto heldOut = [](const PreparedRun& each) {
    std::vector<std::int64_t> numbers;
    for (const Example& example : each.validation->items)
      numbers.push_back(example.row);
    return numbers;
  };
  CHECK_EQUAL(heldOut(prepareToGoOn(folder)), heldOut(run));
  TrainingPlan again = readRun(folder).plan;
  CHECK_CLOSE(again.validationFraction, 0.25, 0);
  again.out = folder.parent_path() / "again";
  CHECK_EQUAL(heldOut(prepare(again)), heldOut(run));
  wanted.validation = folder.parent_path() / "validation.jsonl";
  wanted.out = folder.parent_path() / "both";
  CHECK_THROWS(prepare(wanted), "use one of the two");
}
