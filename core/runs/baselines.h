// The baselines of a run (training/baselines.h), kept beside it in baselines.json: each with the fingerprint of all that it depends on, so
// that the next run with the same model, data and template takes them over, and what has changed is computed anew.
#pragma once

#include "core/runs/run_folder.h"
#include "core/support/watch.h"
#include "core/training/baselines.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace incipit {

// The file's content; what is no figure in it is left out.
std::vector<BaselineFigures> baselinesFrom(const Json& json);
Json toJson(const std::vector<BaselineFigures>& figures);
// In the order they are shown; empty where there is no such file, or none that can be read.
std::vector<BaselineFigures> readBaselines(const std::filesystem::path& run);
void writeBaselines(const std::filesystem::path& run, const std::vector<BaselineFigures>& figures);

// What is open already of what a run needs; null: it is opened.
struct OpenParts {
  std::shared_ptr<const FrozenModel> model;
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<const Table> training, validation;
};
// A run's own model and data, read as its plan says. `prompt`: the one it kept. Throws where model or data are no longer those of the run,
// and DataError where it has no validation data.
BaselineInput baselineInputOf(const TrainingPlan& plan, const std::string& modelFingerprint, const std::string& dataFingerprint,
                              SoftPrompt prompt, OpenParts open = {}, const Watch& watch = {});

// Which of a run's baselines are known already, from its own file or another run's beside it, and which are still to be judged.
struct BaselinePlan {
  std::vector<Baseline> all;
  std::vector<std::optional<BaselineFigures>> known;  // one each
  double work = 0;                                    // of those that are not
};
BaselinePlan planBaselines(const BaselineInput& input, const std::filesystem::path& run);

// Judges what is missing and keeps each in the run's file as soon as it is there. Gives all that there are, fewer where the stop came.
// `tell` hears which share of the work is done.
std::vector<BaselineFigures> judgeBaselines(const BaselineInput& input, const BaselinePlan& plan, const std::filesystem::path& run,
                                            std::stop_token stop = {}, const std::function<void(double share)>& tell = {});

}  // namespace incipit
