// incipit-cli cross-validate MODEL: a run for each part of a small set, trained on the others, and how far the figures spread.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/dataset/folds.h"
#include "core/dataset/table.h"
#include "core/hub/find_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace incipit::cli {
namespace {

struct Flags {
  std::string plan;
  int folds = 5;
  bool json = false;
};

// Mean, and the standard deviation of a sample (n - 1).
struct Spread {
  std::vector<double> values;
  double mean() const {
    double sum = 0;
    for (const double value : values)
      sum += value;
    return sum / static_cast<double>(values.size());
  }
  double deviation() const {
    double sum = 0;
    for (const double value : values)
      sum += (value - mean()) * (value - mean());
    return values.size() < 2 ? 0 : std::sqrt(sum / static_cast<double>(values.size() - 1));
  }
  Json json() const { return {{"mean", mean()}, {"std", deviation()}, {"values", values}}; }
};

// The plan of a fold's run: its rows lie beside it as files, so that it can be done again and gone on with as any other.
TrainingPlan planOfFold(const TrainingPlan& plan, const Table& table, const std::vector<std::vector<std::int64_t>>& folds, std::size_t fold,
                        const std::filesystem::path& out) {
  std::vector<std::int64_t> others;
  for (std::size_t i = 0; i < folds.size(); ++i)
    if (i != fold) others.insert(others.end(), folds[i].begin(), folds[i].end());
  std::ranges::sort(others);
  const auto folder = out / ("fold-" + std::to_string(fold + 1) + "-data");
  makeFolder(folder);
  TrainingPlan own = plan;
  own.train = folder / "train.jsonl";
  own.validation = folder / "validation.jsonl";
  own.validationFraction = 0;
  own.out = out / ("fold-" + std::to_string(fold + 1));
  saveRows(table, others, own.train);
  saveRows(table, folds[fold], own.validation);
  return own;
}

int crossValidate(const Flags& flags, const Json& given) {
  const TrainingPlan plan = planFrom(mergedPlan(flags.plan, given), flags.plan.empty() ? "the flags" : flags.plan);
  if (!plan.validation.empty())
    throw PlanError("Cross-validation makes its validation data from the training data.", "Leave --validation away.");
  const auto folder = findModel(plan.model);
  const ModelSummary model = inspectModel(folder);
  const auto tokenizer = model.hasTokenizer ? openTokenizer(folder) : nullptr;
  const Table table = readTable(plan.train);
  TrainingPlan whole = plan;
  whole.validationFraction = 0;
  const RunData data = encodeForCard(whole, table, nullptr, model.card, tokenizer.get());
  const auto folds = foldsOf(*data.training, flags.folds, plan.seed);
  const auto out = plan.out.empty() ? freshRunFolder(std::filesystem::absolute("runs")) : plan.out;
  makeFolder(out);

  Spread loss, accuracy;
  Json each = Json::array();
  for (std::size_t fold = 0; fold < folds.size(); ++fold) {
    const PreparedRun run = prepare(planOfFold(plan, table, folds, fold, out));
    note("Fold " + std::to_string(fold + 1) + " of " + std::to_string(folds.size()) + ": " +
         withSeparators(static_cast<std::int64_t>(run.training->items.size())) + " rows to learn from, " +
         withSeparators(static_cast<std::int64_t>(run.validation->items.size())) + " to validate on.");
    TrainingProgress progress;
    const TrainingResult result = carryOut(
        run, [&](const TrainingEvent& event) { progress(event); }, interruptToken());
    if (result.stopped) return stopped;
    if (result.summary.bestValidationLoss) loss.values.push_back(*result.summary.bestValidationLoss);
    if (result.summary.accuracy) accuracy.values.push_back(*result.summary.accuracy);
    each.push_back({{"run", run.plan.out.string()}, {"validation_rows", folds[fold].size()}});
    if (result.summary.bestValidationLoss) each.back()["validation_loss"] = *result.summary.bestValidationLoss;
    if (result.summary.accuracy) each.back()["accuracy"] = *result.summary.accuracy;
  }
  if (flags.json) {
    Json json{{"folds", each}};
    if (!loss.values.empty()) json["validation_loss"] = loss.json();
    if (!accuracy.values.empty()) json["accuracy"] = accuracy.json();
    printJson(json);
    return 0;
  }
  for (std::size_t fold = 0; fold < folds.size(); ++fold) {
    std::cout << "Fold " << fold + 1 << ": validation loss " << decimals(loss.values.at(fold), 3);
    if (fold < accuracy.values.size()) std::cout << ", accuracy " << decimals(100 * accuracy.values[fold], 1) << " %";
    std::cout << "\n";
  }
  std::cout << "All " << folds.size() << " folds: validation loss " << strong(decimals(loss.mean(), 3)) << " ± "
            << decimals(loss.deviation(), 3);
  if (!accuracy.values.empty())
    std::cout << ", accuracy " << strong(decimals(100 * accuracy.mean(), 1) + " %") << " ± " << decimals(100 * accuracy.deviation(), 1);
  std::cout << " (mean and standard deviation).\nThe runs and their rows lie in " << out.string() << ".\n";
  return 0;
}

}  // namespace

void addCrossValidate(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand(
      "cross-validate", "For small sets: a run for each of k parts of the data, trained on the others; mean and spread");
  command->add_option("--folds", flags->folds, "Parts, of each label its share in every one")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  addJsonFlag(*command, flags->json);
  addPlanFlags(*command, flags->plan, given);
  command->callback([flags, given, &chosen] { chosen = [flags, given] { return crossValidate(*flags, *given); }; });
}

}  // namespace incipit::cli
