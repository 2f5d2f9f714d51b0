// A whole run from its plan: open what it names, make the start, train, keep everything in a run folder. The terminal and the studio go
// through here, so that the same plan gives the same numbers in both.
#pragma once

#include "core/dataset/table.h"
#include "core/model/card/card.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/sweep.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

// Everything a run needs, opened and checked.
struct PreparedRun {
  TrainingPlan plan;  // with absolute paths, a run folder, and everything decided that it left open
  std::shared_ptr<const FrozenModel> model;
  std::shared_ptr<const Tokenizer> tokenizer;  // null where the folder has none (rows that are tokenised already need none)
  std::shared_ptr<const Examples> training;
  std::shared_ptr<const Examples> validation;  // null: none
  SoftPrompt start;
  std::shared_ptr<const TrainingState> resume;  // null: from the beginning
  bool intoOwnFolder = false;                   // the folder holds this run already
};

// Throws PlanError for an impossible knob, and whatever opening model, data and adapter says.
// `watch`: of the data, which may be large; it may throw GivenUp.
PreparedRun prepare(TrainingPlan plan, const Watch& watch = {});
// How a run goes on that does more than its plan asked for.
struct Onwards {
  std::optional<std::int64_t> steps;   // a new total in place of the plan's: the schedule is drawn anew over it, ...
  std::optional<double> constantRate;  // ... or, behind the checkpoint, the learning rate stays at this
};
// The run in `folder` from its checkpoint, or from the beginning when it was ended before it had one. A run that has done its steps and
// was ended before its adapter was written has only that left to do. Throws when nothing is left to do, or model or data are no longer
// those of the run.
PreparedRun prepareToGoOn(const std::filesystem::path& folder, const Onwards& onwards = {}, const Watch& watch = {});

// Trains into the plan's run folder: events, snapshots, checkpoint, and the kept prompt as adapter. The folder has each event before the
// listener hears of it. A disk that fills up stops the run; its checkpoint and prompt are still written, into space set aside at the
// start, before FileError is thrown.
TrainingResult carryOut(const PreparedRun& run, const TrainingListener& listener, std::stop_token stop = {});

// Several runs over one model in one pass (training/sweep.h), each into its own run folder. The listener hears which run an event is of.
// The runs must have been given the same model (the same pointer). A run whose disk fills up stops with the others' going on.
std::vector<SweepOutcome> carryOutTogether(const std::vector<PreparedRun>& runs,
                                           const std::function<void(std::size_t run, const TrainingEvent&)>& listener,
                                           std::stop_token stop = {});

// The run's plan with nothing left open: how its data was read, where and how it computes, when it validates. This is what plan.json
// keeps and what is trained by, so that the same run can be done again, here or with PEFT. `carryOut` decides by itself.
TrainingPlan decided(const PreparedRun& run);

// The plan's forgetting_text as it is measured; null: it names none. Throws FileError, DataError, and PlanError where it cannot be measured
// (a model with a head or of an encoder and a decoder, no tokenizer).
inline constexpr const char* neutralName = "neutral";
std::shared_ptr<const Examples> neutralOf(const TrainingPlan& plan, const FrozenModel& model, const Tokenizer* tokenizer);

// The parts, for a form that opens things one by one.
struct RunData {
  std::shared_ptr<const Examples> training, validation;
};
// Where the model looks for the answer.
Reading readingOf(const ModelCard& card);
// Rows as a run sees them: in the room that the context leaves beside the virtual tokens, with the same classes on both sides. The
// tokenizer may be null for tables that are tokenised already; `validation` may be null: then the plan may hold rows out.
// For a head the classes are numbered as `prompt` has them, where it brings a trained head, else as the model's own head does.
RunData encodeForRun(const TrainingPlan& plan, const Table& training, const Table* validation, const FrozenModel& model,
                     const Tokenizer* tokenizer, const SoftPrompt* prompt = nullptr, const Watch& watch = {});
// The same for a model whose weights nobody has opened.
RunData encodeForCard(const TrainingPlan& plan, const Table& training, const Table* validation, const ModelCard& card,
                      const Tokenizer* tokenizer, const SoftPrompt* prompt = nullptr, const Watch& watch = {});
// What the plan says about the start; `source` is its adapter.
PromptRecipe recipeOf(const TrainingPlan& plan, const std::vector<std::string>& classLabels, std::optional<SoftPrompt> source);

}  // namespace incipit
