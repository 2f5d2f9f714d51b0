// incipit-cli attach RUN: watches a run that another program is training, or stops it.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/runs/event_follower.h"
#include "core/runs/run_folder.h"
#include "core/runs/stop_request.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

namespace incipit::cli {
namespace {

struct Flags {
  std::string run;
  bool stop = false, json = false;
};

int tellEnd(const Flags& flags) {
  const RunRecord run = readRun(flags.run);
  if (flags.json) {
    Json json = run.summary ? toJson(*run.summary) : Json::object();
    json["run"] = run.folder.string();
    json["status"] = run.status;
    printJson(json);
  } else {
    std::cout << "The run '" << run.name << "' is " << run.status;
    if (run.summary) std::cout << " after " << counted(run.summary->steps, "step");
    std::cout << ".\n";
  }
  if (run.status != "finished") note("Go on with: incipit-cli resume " + flags.run);
  return 0;
}

// Ctrl-C ends the watching, not the run.
int attach(const Flags& flags) {
  readRun(flags.run);  // a sentence where it is none
  if (flags.stop) requestStop(flags.run);
  EventFollower follower(flags.run);
  TrainingProgress progress;
  for (bool goesOn = true; goesOn;) {
    goesOn = follower.goesOn();
    const std::vector<TrainingEvent> events = follower.next();
    for (std::size_t i = 0; i < events.size(); ++i) {  // of the steps done so far the first and the last will do
      const bool between = i > 0 && i + 1 < events.size() && std::holds_alternative<Stepped>(events[i]) &&
                           std::holds_alternative<Stepped>(events[i - 1]) && std::holds_alternative<Stepped>(events[i + 1]);
      if (!between) progress(events[i]);
    }
    if (interruptToken().stop_requested()) {
      note("The run goes on. Stop it with: incipit-cli attach " + flags.run + " --stop");
      return stopped;
    }
    if (goesOn) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return tellEnd(flags);
}

}  // namespace

void addAttach(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      program.add_subcommand("attach", "Watch a run that another program is training; Ctrl-C ends the watching, not the run");
  command->add_option("RUN", flags->run, "Run folder")->required()->type_name("");
  command->add_flag("--stop", flags->stop, "Ask it to end after the step that is on its way; everything is kept");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return attach(*flags); }; });
}

}  // namespace incipit::cli
