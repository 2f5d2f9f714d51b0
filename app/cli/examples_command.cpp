// incipit-cli examples RUN: what the run's kept prompt made of each validation example, worst first.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/runs/predictions.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::string run, sort = "worst", label;
  std::int64_t count = 20;
  bool wrong = false, right = false, json = false;
};

double changeOf(const Prediction& prediction) { return prediction.startLoss ? prediction.loss - *prediction.startLoss : 0; }

std::vector<Prediction> wanted(std::vector<Prediction> rows, const Flags& flags) {
  std::erase_if(rows, [&](const Prediction& row) {
    if (!flags.label.empty() && row.label != flags.label) return true;
    return (flags.wrong || flags.right) && (!row.classified() || row.right() != flags.right);
  });
  if (flags.sort == "worst") std::ranges::stable_sort(rows, std::greater(), &Prediction::loss);
  if (flags.sort == "best") std::ranges::stable_sort(rows, std::less(), &Prediction::loss);
  if (flags.sort == "changed")
    std::ranges::stable_sort(rows, std::greater(), [](const Prediction& row) { return std::abs(changeOf(row)); });
  if (flags.count > 0 && rows.size() > static_cast<std::size_t>(flags.count)) rows.resize(static_cast<std::size_t>(flags.count));
  return rows;
}

void print(const Prediction& row) {
  std::cout << "row " << withSeparators(row.row + 1) << "  loss " << decimals(row.loss);
  if (row.startLoss) std::cout << " (at the start " << decimals(*row.startLoss) << ")";
  if (row.classified()) std::cout << "  " << (row.right() ? "right: " : "wrong: ") << row.label;
  if (row.classified() && !row.right()) std::cout << ", answered " << row.predicted << " (the label is number " << row.rank << ")";
  std::cout << "\n";
}

int show(const Flags& flags) {
  readRun(flags.run);  // a sentence where it is none
  const auto predictions = readPredictions(flags.run);
  if (!predictions)
    throw DataError("The run '" + flags.run + "' holds no answers to validation examples.",
                    "Train with --validation, or with a newer version.");
  for (const Prediction& row : wanted(predictions->rows, flags))
    flags.json ? printJson(toJson(row)) : print(row);
  return 0;
}

}  // namespace

void addExamples(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("examples", "What a run's kept prompt made of each validation example");
  command->add_option("RUN", flags->run, "Run folder")->required()->type_name("");
  command->add_option("--sort", flags->sort, "worst, best, changed (since the start), row")
      ->check(CLI::IsMember({"worst", "best", "changed", "row"}))
      ->capture_default_str()
      ->type_name("");
  command->add_option("--count", flags->count, "How many; 0: all")->check(CLI::NonNegativeNumber)->capture_default_str()->type_name("N");
  command->add_option("--label", flags->label, "Only those of this label")->type_name("L");
  CLI::Option* wrong = command->add_flag("--wrong", flags->wrong, "Only wrong answers");
  command->add_flag("--right", flags->right, "Only right answers")->excludes(wrong);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return show(*flags); }; });
}

}  // namespace incipit::cli
