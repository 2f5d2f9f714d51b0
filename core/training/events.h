// The stream of events that a run emits. The live plots and events.jsonl are two listeners of the same stream; opening an old run replays
// the file into the same listener.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/support/json.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace incipit {

struct Evaluation;

struct Started {
  std::int64_t totalSteps = 0;
  std::int64_t firstStep = 1;  // > 1 when a run goes on
  std::int64_t trainingExamples = 0;
  std::int64_t validationExamples = 0;
  std::int64_t virtualTokens = 0;
  std::int64_t trainableParameters = 0;
  std::vector<std::string> classes;         // empty when not classification
  std::vector<std::int64_t> classExamples;  // training examples of each class
  double startNorm = 0;                     // mean length of the virtual tokens at step 0
  // Lengths of the vocabulary's rows, 5th, 50th and 95th percentile of a sample: where ordinary tokens live. 0: unknown (older runs).
  double vocabularyLow = 0, vocabularyMedian = 0, vocabularyHigh = 0;
  std::string precision;  // "fp32", "bf16"
  std::string device;
};

struct Stepped {          // "step"
  std::int64_t step = 0;  // 1 ..
  double loss = 0;        // mean over the scored tokens of the batch, nats, before this step's update
  double learningRate = 0;
  double gradNorm = 0;        // before clipping
  double elapsedSeconds = 0;  // since the run (or its resumption) started
  std::int64_t scoredTokens = 0;
  double meanRowNorm = 0;      // of the virtual tokens, after the update
  double drift = 0;            // mean distance of the rows from where they started
  std::int64_t stillRows = 0;  // that have moved less than a tenth of that
  double topRowsGradient = 0;  // share of the gradient's square that falls on the three rows with the largest; 0: unknown (older runs)
};

struct Evaluated {
  std::int64_t step = 0;  // 0: before training
  double loss = 0;
  std::optional<double> accuracy;  // classification: share of examples whose label is the likeliest of the classes
  bool best = false;               // the best so far, by the plan's metric_for_best_model
  double elapsedSeconds = 0;
  std::int64_t rows = 0;                                   // it was measured on; 0: unknown (older runs)
  bool whole = false;                                      // the last judgement: the kept prompt on all rows, where the others saw a sample
  std::optional<double> labelLoss, f1Macro;                // classification: as in Evaluation (train.h)
  std::shared_ptr<const Evaluation> of;                    // example by example, while the run goes on; in the file: none
  std::optional<double> neutralLoss{}, bareNeutralLoss{};  // of the plan's forgetting_text with the prompt and without, nats per token
};

struct Probing {  // a new head on its way from a linear probe; for those who watch, not for the file
  std::int64_t done = 0, rows = 0;
};

struct Probed {  // "probed": it starts from there
  std::int64_t rows = 0;
  double accuracy = 0;  // on these training rows
};

struct Validating {  // a validation on its way; for those who watch, not for the file
  std::int64_t step = 0;
  std::int64_t done = 0, rows = 0;
  double seconds = 0;  // since it began
};

struct Snapshotted {  // "snapshot"
  std::int64_t step = 0;
  SoftPrompt prompt;  // in the file: the name of the snapshot beside it
};

struct Summary {  // what a finished or stopped run amounts to
  std::int64_t steps = 0;
  double lastLoss = 0;      // of the last step
  double smoothedLoss = 0;  // at the end (smoothed.h)
  std::optional<double> bestValidationLoss;
  std::optional<double> accuracy;  // of the best prompt, as the next two
  std::optional<double> labelLoss, f1Macro;
  std::int64_t bestStep = 0;        // the step after which the kept prompt stood
  std::string why;                  // it is the one that was kept (best_metric.h)
  std::int64_t validationRows = 0;  // that bestValidationLoss and accuracy were measured on
  double elapsedSeconds = 0;
  double stepsPerSecond = 0;
};

struct Finished {
  Summary summary;
  std::string reason;
};  // reason: empty, or "early stopping: ..."
struct Stopped {
  Summary summary;
};  // the user asked; nothing is lost
struct Failed {
  std::int64_t step = 0;
  std::string sentence;
};

using TrainingEvent = std::variant<Started, Probing, Probed, Stepped, Validating, Evaluated, Snapshotted, Finished, Stopped, Failed>;
using TrainingListener = std::function<void(const TrainingEvent&)>;

// One line of events.jsonl. Snapshots are written as {"event":"snapshot","step":n,"file":...} by the run folder.
Json toJson(const TrainingEvent& event);
// The reverse; nullopt for an event of a newer program. A snapshot comes back with an empty prompt.
std::optional<TrainingEvent> eventFrom(const Json& json);
Json toJson(const Summary& summary);

}  // namespace incipit
