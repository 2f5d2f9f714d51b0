// incipit-cli train and resume: a run into a run folder, and on where it stood.
#include "app/cli/checks.h"
#include "app/cli/coach_command.h"
#include "app/cli/commands.h"
#include "app/cli/first_example.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/reading_progress.h"
#include "app/cli/terminal.h"
#include "core/exchange/exchange.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/event_follower.h"
#include "core/runs/judge_stopped.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/detached.h"
#include "core/support/error.h"
#include "core/training/estimate.h"

#include "core/chat/chat_format.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

TrainingPlan planOf(const std::string& planFile, const Json& given) {
  return planFrom(mergedPlan(planFile, given), planFile.empty() ? "the flags" : planFile);
}

void noteRows(const Examples& examples, const std::filesystem::path& file) {
  for (const std::string& sentence : examples.notes)
    note("'" + file.string() + "': " + sentence);
  if (examples.truncated > 0)
    note("Note: " + counted(examples.truncated, "row") + " of '" + file.string() +
         "' are longer than the context allows and lose the end of their text.");
  if (examples.unusable > 0)
    note("Note: " + counted(examples.unusable, "row") + " of '" + file.string() + "' have nothing to learn from and are left out.");
}

Json resultJson(const std::filesystem::path& folder, const Summary& summary, bool stopped) {
  Json json = toJson(summary);
  json["run"] = folder.string();
  json["adapter"] = (folder / "adapter").string();
  json["stopped"] = stopped;
  return json;
}

Json resultJson(const PreparedRun& run, const TrainingResult& result) {
  Json json = resultJson(run.plan.out, result.summary, result.stopped);
  json["examples"] = run.training->items.size();
  json["truncated"] = run.training->truncated;
  json["unusable"] = run.training->unusable;
  return json;
}

void print(const std::filesystem::path& folder, const Summary& summary, bool stopped) {
  std::cout << (stopped ? "Stopped" : "Finished") << " after " << counted(summary.steps, "step") << " in "
            << duration(summary.elapsedSeconds) << " (" << decimals(summary.stepsPerSecond, 1) << " steps/s): loss "
            << strong(decimals(summary.smoothedLoss, 3));
  if (summary.bestValidationLoss) std::cout << ", validation loss " << strong(decimals(*summary.bestValidationLoss, 3));
  if (summary.accuracy) std::cout << ", accuracy " << strong(decimals(100 * *summary.accuracy, 1) + " %");
  if (summary.labelLoss) std::cout << ", loss of the labels alone " << decimals(*summary.labelLoss, 3);
  if (summary.f1Macro) std::cout << ", macro F1 " << decimals(*summary.f1Macro, 3);
  std::cout << ".\nThe prompt after step " << summary.bestStep << " is kept" << (summary.why.empty() ? "" : ", for " + summary.why) << ": "
            << (folder / "adapter").string() << '\n';
}

int carryOutHere(const PreparedRun& run, bool json) {
  noteRows(*run.training, run.plan.train);
  if (run.validation && run.plan.validationFraction == 0) noteRows(*run.validation, run.plan.validation);
  if (run.plan.validationFraction > 0)
    note("Held out for validation, by the seed: " + withSeparators(static_cast<std::int64_t>(run.validation->items.size())) + " of " +
         counted(run.validation->items.size() + run.training->items.size(), "row") + ".");
  if (const auto& chat = run.training->settings.chat)
    note("Text and answer stand in the " + chat->chatTemplate().origin() + " (--chat-template none: as they are).");
  for (const std::string& sentence : run.training->notes)
    note(sentence);
  if (run.training->example.placed)
    note("The virtual tokens stand among the text, where the template has them; PEFT and other programs can only put them in front.");
  if (!run.resume) note(firstExample(run));
  if (run.validation && run.plan.evalRows > 0 && run.plan.evalRows < static_cast<std::int64_t>(run.validation->items.size()))
    note("Each validation looks at " + withSeparators(run.plan.evalRows) + " of " + counted(run.validation->items.size(), "row") +
         ", every " + counted(run.plan.evalEvery, "step") + "; the last one at all of them (--eval-rows, --eval-every).");
  TrainingProgress progress;
  const TrainingResult result = carryOut(
      run, [&](const TrainingEvent& event) { progress(event); }, interruptToken());
  const auto advice = adviceOn(run.plan.out);
  if (json) {
    Json summary = resultJson(run, result);
    summary["advice"] = Json::array();
    for (const Advice& one : advice)
      summary["advice"].push_back(toJson(one));
    printJson(summary);
  } else {
    print(run.plan.out, result.summary, result.stopped);
    for (const Advice& one : advice)
      note("The coach: " + inWords(one));
  }
  if (result.stopped) note("Go on with: incipit-cli resume " + run.plan.out.string());
  return result.stopped ? stopped : 0;
}

// The run that a kill at its very end had left without its adapter or its last event, when that is all it had left to do.
std::optional<RunRecord> finishedNow(const std::filesystem::path& folder, std::optional<std::int64_t> steps) {
  if (!settleRun(folder)) return {};
  RunRecord record = readRun(folder);
  if (record.status != "finished" || !record.summary || steps.value_or(record.summary->steps) != record.summary->steps) return {};
  return record;
}

int resume(const std::filesystem::path& folder, const Onwards& onwards, bool json) {
  const auto finished = finishedNow(folder, onwards.steps);
  if (!finished) return carryOutHere(prepareToGoOn(folder, onwards, tellReading("Reading the data")), json);
  const auto place = std::filesystem::absolute(folder).lexically_normal();
  note("The run had done its steps and was ended before its prompt was written; it is now.");
  if (json)
    printJson(resultJson(place, *finished->summary, false));
  else
    print(place, *finished->summary, false);
  return 0;
}

// A process of its own that goes on with the run, and outlives this one and its terminal.
int resumeInBackground(const std::filesystem::path& folder, const std::vector<std::string>& flags, bool json) {
  const RunRecord run = readRun(folder);
  if (run.status == "finished" && isWhole(run) && flags.empty())  // said here: what the process says is read by nobody
    throw PlanError("The run '" + folder.string() + "' has come to its end.", "Ask for more steps in all (--steps).");
  if (EventFollower(folder).goesOn())
    throw DataError("The run '" + folder.string() + "' is going on already.", "Watch it with: incipit-cli attach " + folder.string());
  const auto place = std::filesystem::absolute(folder).lexically_normal();
  std::vector<std::string> arguments{"resume", place.string()};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const int process = startDetached("/proc/self/exe", arguments, layout::output(place));
  if (json)
    printJson({{"run", place.string()}, {"process", process}});
  else
    std::cout << "Process " << process << " goes on with it. Watch: incipit-cli attach " << place.string()
              << "   Stop: the same with --stop\n";
  return 0;
}

// The twin of the studio's *Evaluate this step*.
int evaluateStopped(const std::filesystem::path& folder, bool json) {
  TrainingProgress progress;
  const auto result = judgeStopped(
      folder, [&](const TrainingEvent& event) { progress(event); }, interruptToken());
  if (!result) {
    note("Stopped: the run is as it was.");
    return stopped;
  }
  const auto place = std::filesystem::absolute(folder).lexically_normal();
  if (json)
    printJson(resultJson(place, result->summary, true));
  else
    print(place, result->summary, true);
  return 0;
}

std::string sized(double bytes) {
  return bytes < 1e9 ? decimals(bytes / 1e6, bytes < 1e7 ? 1 : 0) + " MB" : decimals(bytes / 1e9, 1) + " GB";
}

// What the run takes, before its first step.
void tellEstimate(const PreparedRun& run) {
  const RunEstimate estimate = estimateRun(run.plan, *run.model, *run.training, run.validation.get());
  if (run.model->device() != "cpu") return;
  note("About " + sized(estimate.memory.all()) + " of memory beside the open model (packed weights " + sized(estimate.memory.packed) +
       ", activations " + sized(estimate.memory.activations) + "), an adapter of " + sized(estimate.fileBytes) + ".");
}

// Says what the rows of the adapter were taken for, and refuses flags about Gemma on other models.
PreparedRun prepareAndTell(const TrainingPlan& plan, const Json& given) {
  PreparedRun run = prepare(plan, tellReading("Reading the data"));
  for (const auto& [flag, key] : {std::pair("--gemma-prompt", "gemma_prompt"), std::pair("--gemma-rows", "gemma_rows")})
    checkGemmaFlag(flag, given.value(key, ""), *run.model);
  if (run.plan.gemmaPrompt != RowScale::Unsaid && plan.gemmaPrompt == RowScale::Unsaid)
    noteRowScale(run.plan.initFrom, run.plan.gemmaPrompt, readPrompt(run.plan.initFrom).origin.rowScale == RowScale::Unsaid);
  tellEstimate(run);
  return run;
}

}  // namespace

void addTrain(CLI::App& program, Action& chosen) {
  struct Flags {
    std::string plan;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("train", "Train a prompt: one run into a run folder. Ctrl-C stops it with everything saved");
  addJsonFlag(*command, flags->json);
  addPlanFlags(*command, flags->plan, given);
  command->callback([flags, given, &chosen] {
    chosen = [flags, given] { return carryOutHere(prepareAndTell(planOf(flags->plan, *given), *given), flags->json); };
  });
}

void addResume(CLI::App& program, Action& chosen) {
  struct Flags {
    std::string run;
    std::int64_t steps = 0;
    double rate = 0;
    bool evaluate = false, background = false, json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("resume", "Go on with a run exactly where it stood");
  command->add_option("RUN", flags->run, "Run folder")->required()->type_name("");
  command->add_option("--steps", flags->steps, "Steps in all, in place of the plan's; the schedule is drawn anew over them")
      ->check(atLeast(1));
  command->add_option("--constant-rate", flags->rate, "With --steps: from here on this learning rate, and no schedule")
      ->check(CLI::PositiveNumber)
      ->needs("--steps");
  command->add_flag("--evaluate", flags->evaluate, "Go no further: validate the step at which the run was stopped, on all validation rows")
      ->excludes("--steps");
  command
      ->add_flag("--background", flags->background,
                 "In a process of its own that outlives this terminal; incipit-cli attach RUN watches it")
      ->excludes("--evaluate");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] {
    chosen = [flags] {
      if (flags->background) {
        std::vector<std::string> passed;
        if (flags->steps > 0) passed = {"--steps", std::to_string(flags->steps)};
        if (flags->rate > 0) passed.insert(passed.end(), {"--constant-rate", Json(flags->rate).dump()});
        return resumeInBackground(flags->run, passed, flags->json);
      }
      if (flags->evaluate) return evaluateStopped(flags->run, flags->json);
      Onwards onwards;
      if (flags->steps > 0) onwards.steps = flags->steps;
      if (flags->rate > 0) onwards.constantRate = flags->rate;
      return resume(flags->run, onwards, flags->json);
    };
  });
}

}  // namespace incipit::cli
