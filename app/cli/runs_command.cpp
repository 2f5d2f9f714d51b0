// incipit-cli runs [ROOT ...]: the runs on the disk, what they differ in, how well each does.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/library/family.h"
#include "core/library/library.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::vector<std::string> roots;
  std::string status, sort = "when";
  bool families = false, json = false;
};

std::string whenText(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
  return text;
}

std::string bestText(const RunEntry& run) {
  if (!run.best) return "-";
  const bool share = run.higherIsBetter();
  return (share ? decimals(100 * *run.best, 1) + " %" : decimals(*run.best)) + " " + run.metric;
}

std::string lastPart(const std::string& path) {
  const std::filesystem::path whole(path);
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

Json rowOf(const RunEntry& run, const Differing& differing, std::size_t index) {
  Json json = toJson(run);
  json.erase("plan");
  json["path"] = run.folder.string();
  Json differs = Json::object();
  for (std::size_t knob = 0; knob < differing.knobs.size(); ++knob)
    differs[differing.knobs[knob]] = differing.values[index][knob];
  json["differs"] = std::move(differs);
  if (const auto parent = parentOf(run.plan)) json["parent"] = {{"path", parent->run.string()}, {"step", parent->step}};
  return json;
}

// `depth`: how far each name stands to the right.
void print(std::vector<RunEntry> runs, const Differing& differing, const std::vector<int>& depth) {
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (depth[i] > 0) runs[i].name = std::string(2 * static_cast<std::size_t>(depth[i] - 1), ' ') + "\u2514 " + runs[i].name;
  std::size_t name = 4, metric = 4;
  for (const RunEntry& run : runs) {
    name = std::max(name, std::min<std::size_t>(run.name.size(), 32));
    metric = std::max(metric, bestText(run).size());
  }
  std::cout << strong(cell("run", name) + "  " + cell("status", 11) + "  " + cell("best", metric) + "  " + cell("at step", 8) + "  " +
                      cell("started", 16) + "  model, data; what differs")
            << "\n";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunEntry& run = runs[i];
    std::cout << cell(run.name, name) << "  " << cell(run.status, 11) << "  ";
    if (!run.problem.empty()) {
      std::cout << run.problem << "\n";
      continue;
    }
    std::cout << cell(bestText(run), metric) << "  " << cell(run.best ? withSeparators(run.bestStep) : "-", 8) << "  "
              << cell(whenText(run.started), 16) << "  " << cell(lastPart(run.plan.model) + ", " + lastPart(run.plan.train.string()));
    std::string differs;
    for (std::size_t knob = 0; knob < differing.knobs.size(); ++knob)
      if (const auto& key = differing.knobs[knob]; key != "model" && key != "train" && key != "validation")
        differs += (differs.empty() ? "; " : ", ") + key + " " + differing.values[i][knob];
    std::cout << faint(cell(differs)) << "\n";
  }
}

void sort(std::vector<RunEntry>& runs, const std::string& by) {
  if (by == "name") std::ranges::stable_sort(runs, std::less(), &RunEntry::name);
  if (by != "best") return;
  // Runs of one measure stand together; a run without a figure stands last.
  std::ranges::stable_sort(runs, [](const RunEntry& a, const RunEntry& b) {
    if (a.best.has_value() != b.best.has_value()) return a.best.has_value();
    if (!a.best) return false;
    if (a.metric != b.metric) return a.metric < b.metric;
    return a.higherIsBetter() ? *a.best > *b.best : *a.best < *b.best;
  });
}

int list(const Flags& flags) {
  std::vector<std::filesystem::path> roots(flags.roots.begin(), flags.roots.end());
  if (roots.empty()) roots.emplace_back("runs");
  for (const auto& root : roots)
    if (!fileExists(root)) throw FileError("There is no folder '" + root.string() + "'.", "Name a folder of runs, or a run.");
  std::vector<RunEntry> runs = listRuns(roots, interruptToken());
  if (!flags.status.empty()) std::erase_if(runs, [&](const RunEntry& run) { return run.status != flags.status; });
  sort(runs, flags.sort);
  std::vector<int> depth(runs.size());
  if (flags.families) {
    std::vector<RunEntry> ordered;
    depth.clear();
    for (const FamilyPlace& place : inFamilies(runs)) {
      ordered.push_back(runs[place.run]);
      depth.push_back(place.depth);
    }
    runs = std::move(ordered);
  }
  const Differing differing = whatDiffers(runs);
  if (flags.json)
    for (std::size_t i = 0; i < runs.size(); ++i)
      printJson(rowOf(runs[i], differing, i));
  else if (runs.empty())
    std::cout << "No runs.\n";
  else
    print(runs, differing, depth);
  return interruptToken().stop_requested() ? stopped : 0;
}

}  // namespace

void addRuns(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("runs", "The runs on the disk: status, what differs, the best figure and its step");
  command->add_option("ROOT", flags->roots, "Folders of runs, or runs; none: ./runs")->type_name("");
  command->add_option("--status", flags->status, "Only those: running, finished, stopped, failed, interrupted, unreadable")
      ->check(CLI::IsMember({"running", "finished", "stopped", "failed", "interrupted", "unreadable"}))
      ->type_name("");
  command->add_option("--sort", flags->sort, "when, name, best")
      ->check(CLI::IsMember({"when", "name", "best"}))
      ->capture_default_str()
      ->type_name("");
  command->add_flag("--families", flags->families, "Runs that start from another run's prompt stand behind it");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return list(*flags); }; });
}

}  // namespace incipit::cli
