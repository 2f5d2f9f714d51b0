// incipit-cli sweep: every combination of some values of some knobs, a run folder each, several runs to one pass through the model.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/training/grid.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

// Rows of one pass beyond which more runs in it no longer make it cheaper.
constexpr std::int64_t rowsOfAPass = 2048;

std::string nameOf(std::size_t number, const Json& values) {
  std::string name = std::to_string(number + 1);
  for (const auto& [key, value] : values.items()) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    for (char& c : text)
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
    name += "-" + key + "=" + text.substr(0, 24);
  }
  return name;
}

std::int64_t rowsInAPass(const PreparedRun& run) {
  const std::int64_t tokens = run.training->items.tokens();
  return run.plan.numVirtualTokens + run.plan.batchSize * tokens / static_cast<std::int64_t>(run.training->items.size());
}

struct Row {
  Json values;
  PreparedRun run;
  SweepOutcome outcome;
};

void print(const Row& row, bool json) {
  const bool done = row.outcome.result.has_value();
  if (json) {
    Json line = done ? toJson(row.outcome.result->summary) : Json::object();
    line["run"] = row.run.plan.out.string();
    line["grid"] = row.values;
    if (done) line["stopped"] = row.outcome.result->stopped;
    if (!row.outcome.failure.empty()) line["failure"] = row.outcome.failure;
    return printJson(line);
  }
  std::cout << strong(row.run.plan.out.filename().string()) << "  ";
  if (!row.outcome.failure.empty()) std::cout << row.outcome.failure;
  if (done) {
    const Summary& summary = row.outcome.result->summary;
    std::cout << summary.steps << " steps, loss " << decimals(summary.smoothedLoss, 3);
    if (summary.bestValidationLoss) std::cout << ", validation loss " << decimals(*summary.bestValidationLoss, 3);
    if (summary.accuracy) std::cout << ", accuracy " << decimals(100 * *summary.accuracy, 1) << " %";
  }
  std::cout << '\n';
}

std::vector<Row> combinedRuns(const Json& plan, const std::vector<GridAxis>& axes) {
  std::vector<Row> rows;
  for (const Json& values : combinations(axes)) {
    rows.push_back({values, {}, {}});
    rows.back().run.plan = planFrom(changed(plan, values), "the sweep");
  }
  return rows;
}

void prepareAll(std::vector<Row>& rows, const std::filesystem::path& out) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].run.plan.out = out / nameOf(i, rows[i].values);
    rows[i].run = prepare(rows[i].run.plan);
    // The same model was opened again for every run: they share the first one.
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (rows[earlier].run.plan.model == rows[i].run.plan.model &&
          rows[earlier].run.model->precision() == rows[i].run.model->precision() &&
          rows[earlier].run.model->device() == rows[i].run.model->device()) {
        rows[i].run.model = rows[earlier].run.model;
        break;
      }
  }
}

// The runs of one pass: the first that is left and those behind it with the same model, as long as there is room.
std::vector<std::size_t> nextPass(const std::vector<Row>& rows, std::vector<bool>& taken) {
  std::vector<std::size_t> pass;
  std::int64_t room = rowsOfAPass;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (taken[i] || (!pass.empty() && rows[i].run.model != rows[pass.front()].run.model)) continue;
    const std::int64_t needed = rowsInAPass(rows[i].run);
    if (!pass.empty() && needed > room) continue;
    room -= needed;
    taken[i] = true;
    pass.push_back(i);
  }
  return pass;
}

int sweepOver(const Json& plan, const std::vector<std::string>& grid, bool json) {
  std::vector<GridAxis> axes;
  for (const std::string& text : grid)
    axes.push_back(gridAxis(text));
  std::vector<Row> rows = combinedRuns(plan, axes);
  std::filesystem::path out = planFrom(plan, "the sweep").out;
  if (out.empty()) out = freshRunFolder(std::filesystem::absolute("sweeps"));
  std::error_code ignored;
  if (std::filesystem::exists(out, ignored) && !std::filesystem::is_empty(out, ignored))
    throw FileError("The folder '" + out.string() + "' holds something already.", "Choose a new folder for the sweep.");
  prepareAll(rows, out);
  const std::stop_token stop = interruptToken();
  std::vector<bool> taken(rows.size());
  bool failedOne = false;
  for (auto pass = nextPass(rows, taken); !pass.empty() && !stop.stop_requested(); pass = nextPass(rows, taken)) {
    note(std::to_string(pass.size()) + (pass.size() == 1 ? " run" : " runs") + " in one pass, of " + std::to_string(rows.size()) + ":");
    std::vector<PreparedRun> runs;
    for (const std::size_t i : pass)
      runs.push_back(rows[i].run);
    TrainingProgress progress;  // of the first run: they go side by side
    const auto outcomes = carryOutTogether(
        runs,
        [&](std::size_t run, const TrainingEvent& event) {
          if (run == 0) progress(event);
        },
        stop);
    for (std::size_t i = 0; i < pass.size(); ++i) {
      rows[pass[i]].outcome = outcomes[i];
      failedOne = failedOne || !outcomes[i].failure.empty();
      print(rows[pass[i]], json);
    }
  }
  return stop.stop_requested() ? stopped : failedOne ? failed : 0;
}

}  // namespace

void addSweep(CLI::App& program, Action& chosen) {
  struct Flags {
    std::string plan;
    std::vector<std::string> grid;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("sweep", "Every combination of some values, a run folder each, several runs to one pass");
  command->add_option("--grid", flags->grid, "Values of a knob of plan.json, for example learning_rate=0.03,0.1,0.3")
      ->type_name("KEY=V1,V2 ...")
      ->required();
  addJsonFlag(*command, flags->json);
  addPlanFlags(*command, flags->plan, given);
  command->callback([flags, given, &chosen] {
    chosen = [flags, given] { return sweepOver(mergedPlan(flags->plan, *given), flags->grid, flags->json); };
  });
}

}  // namespace incipit::cli
