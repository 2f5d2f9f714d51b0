// What a list of runs says of one: how it stands, what it was made of, how well its kept prompt does, at which step.
#pragma once

#include "core/library/marks.h"
#include "core/support/json.h"
#include "core/training/plan.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct RunEntry {
  std::filesystem::path folder;
  std::string name;     // of the folder
  std::string status;   // "running", "finished", "stopped", "failed", "interrupted", "unreadable"
  std::string problem;  // why it cannot be read; empty when it can
  TrainingPlan plan;
  std::int64_t started = 0;  // seconds since 1970, when its plan was written
  std::int64_t steps = 0, totalSteps = 0;
  std::int64_t parameters = 0;  // trained numbers
  double seconds = 0;           // of training, over all sittings
  std::optional<double> loss;   // training loss at the end, smoothed (training/smoothed.h)
  // The measure that decided which prompt is kept: "accuracy", "f1_macro", "label_loss", "loss" of the validation data, or, without any,
  // "training_loss"; its best value and the step that had it.
  std::string metric;
  std::optional<double> best;
  std::int64_t bestStep = 0;
  std::optional<double> validationLoss, accuracy, f1Macro, labelLoss;  // of the kept prompt
  std::int64_t validationRows = 0;
  Marks marks;               // none where they cannot be read
  std::vector<float> curve;  // smoothed training loss at up to 48 steps, evenly spread: for a small picture

  bool higherIsBetter() const { return metric == "accuracy" || metric == "f1_macro"; }
};

// Reads the folder; what is wrong with it becomes an entry that says so, never an exception.
RunEntry entryOf(const std::filesystem::path& folder);

// Without the folder: what the index of a library keeps, and `incipit-cli runs --json` prints.
Json toJson(const RunEntry& entry);
// The reverse. Throws FormatError where it is no such thing.
RunEntry entryFrom(const Json& json, const std::filesystem::path& folder);

}  // namespace incipit
