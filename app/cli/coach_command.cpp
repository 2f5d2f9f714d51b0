// incipit-cli coach: what a run looks like to somebody who has tuned many prompts, and what to try.
#include "app/cli/coach_command.h"

#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/coach/coach.h"
#include "core/runs/run_folder.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

// learning_rate 0.3 as the flag that a person would type.
std::string asFlags(const Json& change) {
  std::string flags;
  for (const auto& [key, value] : change.items()) {
    std::string flag = key;
    std::ranges::replace(flag, '_', '-');
    flags += (flags.empty() ? "--" : " --") + flag + ' ' + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return flags;
}

int tell(const std::filesystem::path& folder, bool json) {
  const auto advice = adviceOn(folder);
  if (json) {
    for (const Advice& one : advice)
      printJson(toJson(one));
    return 0;
  }
  for (const Advice& one : advice)
    std::cout << inWords(one) << '\n';
  if (advice.empty()) std::cout << "Nothing about this run looks wrong.\n";
  return 0;
}

}  // namespace

std::vector<Advice> adviceOn(const std::filesystem::path& folder) {
  const RunRecord run = readRun(folder);
  Coach coach(run.plan);
  for (const TrainingEvent& event : run.events)
    coach.follow(event);
  return coach.advice();
}

Json toJson(const Advice& advice) {
  return {{"rule", advice.rule}, {"seen", advice.seen}, {"remedy", advice.remedy}, {"change", advice.change}};
}

std::string inWords(const Advice& advice) {
  return advice.seen + ' ' + advice.remedy + (advice.change.empty() ? "" : " (" + asFlags(advice.change) + ")");
}

void addCoach(CLI::App& program, Action& chosen) {
  struct Flags {
    std::string run;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("coach", "What is to be seen in a run, and what to try");
  command->add_option("RUN", flags->run, "Run folder")->required()->type_name("");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return tell(flags->run, flags->json); }; });
}

}  // namespace incipit::cli
