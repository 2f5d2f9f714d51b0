// incipit-cli compare RUN RUN ...: which is better, by how much, how sure, what differed.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/library/compare.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::vector<std::string> runs;
  std::string baseline;
  bool examples = false, json = false;
};

Json rowOf(const RunComparison& compared, std::size_t index) {
  const RunEntry& run = compared.runs[index];
  Json json = toJson(run);
  for (const char* key : {"plan", "curve"})
    json.erase(key);
  json["path"] = run.folder.string();
  json["baseline"] = index == 0;
  json["differs"] = Json::object();
  for (std::size_t knob = 0; knob < compared.differing.knobs.size(); ++knob)
    json["differs"][compared.differing.knobs[knob]] = compared.differing.values[index][knob];
  if (const auto& against = compared.against[index]) {
    const PairedComparison& pair = against->comparison;
    json["comparison"] = {{"by", against->by},
                          {"examples", against->examples},
                          {"probability_better", pair.probabilityBetter},
                          {"deciding", pair.deciding},
                          {"difference", {{"value", pair.difference.value}, {"low", pair.difference.low}, {"high", pair.difference.high}}},
                          {"won", against->won},
                          {"lost", against->lost}};
    if (against->by == "accuracy") json["comparison"]["mcnemar"] = against->chance;
  } else if (index > 0) {
    json["not_compared"] = compared.unknown[index];
  }
  return json;
}

std::string figure(const RunEntry& run) {
  if (!run.best) return "no figure";
  return run.metric + " " + (run.higherIsBetter() ? decimals(100 * *run.best, 1) + " %" : decimals(*run.best)) + " at step " +
         withSeparators(run.bestStep);
}

void printRows(const char* what, const std::vector<std::int64_t>& rows) {
  if (rows.empty()) return;
  std::cout << "    " << what;
  for (std::size_t i = 0; i < rows.size() && i < 20; ++i)
    std::cout << (i == 0 ? " " : ", ") << withSeparators(rows[i] + 1);
  if (rows.size() > 20) std::cout << " and " << withSeparators(static_cast<std::int64_t>(rows.size()) - 20) << " more";
  std::cout << "\n";
}

void print(const RunComparison& compared, bool examples) {
  const RunEntry& baseline = compared.runs.front();
  std::size_t wide = 8;
  for (const RunEntry& run : compared.runs)
    wide = std::max(wide, run.name.size());
  for (std::size_t i = 0; i < compared.runs.size(); ++i) {
    const RunEntry& run = compared.runs[i];
    std::cout << strong(cell(run.name, wide)) << "  " << figure(run) << (i == 0 ? ", the baseline" : "") << "\n";
    if (const auto& against = compared.against[i]) {
      const Interval& difference = against->comparison.difference;
      const double scale = against->by == "accuracy" ? 100 : -1;  // in points; a loss that is lower is better
      const double low = std::min(scale * difference.low, scale * difference.high),
                   high = std::max(scale * difference.low, scale * difference.high);
      std::cout << "    " << inWords(*against, baseline.name, run.name) << " " << (scale * difference.value > 0 ? "+" : "")
                << decimals(scale * difference.value, scale > 0 ? 1 : 4) << (scale > 0 ? " points" : " nats") << " ("
                << decimals(low, scale > 0 ? 1 : 4) << " to " << decimals(high, scale > 0 ? 1 : 4) << ") on "
                << counted(against->examples, "example") << ".\n";
      if (examples) {
        printRows("right only here, rows:", against->won);
        printRows("right only in the baseline, rows:", against->lost);
      }
    } else if (i > 0) {
      std::cout << "    Not compared: " << compared.unknown[i] << ".\n";
    }
  }
  if (compared.differing.knobs.empty()) {
    std::cout << "The plans do not differ.\n";
    return;
  }
  std::cout << "\nWhat differs:\n";
  for (std::size_t knob = 0; knob < compared.differing.knobs.size(); ++knob) {
    std::cout << "  " << strong(compared.differing.knobs[knob]) << ":";
    for (std::size_t i = 0; i < compared.runs.size(); ++i)
      std::cout << (i == 0 ? " " : " | ") << cell(compared.differing.values[i][knob]);
    std::cout << "\n";
  }
}

int compareThem(const Flags& flags) {
  std::vector<std::filesystem::path> folders(flags.runs.begin(), flags.runs.end());
  std::size_t baseline = 0;
  if (!flags.baseline.empty()) {
    const auto found = std::ranges::find(flags.runs, flags.baseline);
    baseline = static_cast<std::size_t>(found - flags.runs.begin());
    if (found == flags.runs.end()) folders.emplace_back(flags.baseline);
  }
  const RunComparison compared = compareRuns(folders, baseline);
  if (flags.json)
    for (std::size_t i = 0; i < compared.runs.size(); ++i)
      printJson(rowOf(compared, i));
  else
    print(compared, flags.examples);
  return 0;
}

}  // namespace

void addCompare(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("compare", "Runs side by side: which is better, how sure that is, what differed");
  command->add_option("RUN", flags->runs, "Run folders; the first is the baseline")->required()->expected(2, 1000)->type_name("");
  command->add_option("--baseline", flags->baseline, "Another baseline than the first")->type_name("RUN");
  command->add_flag("--examples", flags->examples, "Name the rows that only one of two gets right");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return compareThem(*flags); }; });
}

}  // namespace incipit::cli
