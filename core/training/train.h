// The loop. Values and const things in, events out, a stop token as the only way to interrupt it.
#pragma once

#include "core/training/events.h"
#include "core/training/plan.h"
#include "core/training/row_networks/network_parts.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

// Enough to resume and arrive at the same numbers: the checkpoint of a run.
struct TrainingState {
  std::int64_t step = 0;  // steps done
  SoftPrompt prompt;      // as it stands
  SoftPrompt start;       // as it stood at step 0
  NetworkParts network;   // that yields the prompt's rows, where the plan wants one
  SoftPrompt best;
  std::int64_t bestStep = 0;
  double bestLoss = 0;  // validation loss of `best`; without validation data, lowest mean training loss of a full window (progress.h)
  std::optional<double> bestAccuracy, bestLabelLoss, bestF1Macro;
  std::int64_t evaluationsSinceBest = 0;
  double smoothedLoss = 0;            // smoothed.h
  std::vector<double> lastLosses;     // at most a window of them
  std::optional<double> firstWindow;  // mean training loss of the first full window
  double elapsedSeconds = 0;
  std::vector<Matrix> optimizerMoments;  // what the optimiser remembers of every trained part
  std::int64_t optimizerStep = 0;
  std::string order;          // BatchOrder::state()
  std::int64_t lookedAt = 0;  // step of the last validation
  std::string ended;          // "finished" or "stopped" in the last state of a run; empty: it was to go on
  std::string why;            // the kept one is kept, once that is decided: Summary::why
  bool keepsLast = false;     // of an ended run: the prompt as it stands is kept, not `best`

  const SoftPrompt& kept() const { return keepsLast ? prompt : best; }
  std::int64_t keptStep() const { return keepsLast ? step : bestStep; }
};

struct TrainingResult {
  SoftPrompt best;  // the one that is kept: see Progress
  TrainingState state;
  Summary summary;
  bool stopped = false;
};

struct TrainingInput {
  std::shared_ptr<const FrozenModel> model;
  std::shared_ptr<const Examples> training;
  std::shared_ptr<const Examples> validation;  // null: none
  SoftPrompt start;
  std::shared_ptr<const TrainingState> resume;        // null: from the beginning
  std::shared_ptr<const Examples> neutral = nullptr;  // of the forgetting meter (dataset/neutral_text.h); null: none
};

// Called from time to time with a state worth keeping (at snapshots, at stop, at the end): the run folder writes it.
using CheckpointListener = std::function<void(const TrainingState&)>;

// Trains the prompt. A stop request ends the run after the current step with everything kept. A loss that is no number ends it with
// TrainingError and a sentence that says what to change (after a Failed event). Throws PlanError when problemsIn(plan) is not empty.
TrainingResult train(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener, std::stop_token stop = {},
                     const CheckpointListener& keep = {});

// Judges a run that was stopped between two validations (`input.resume`): its last prompt is validated as it would have been, and then on
// all rows, beside the best one so far where only a sample of them had judged that. The lower loss is kept. nullopt, and nothing was told
// but Validating: a stop request cut it short.
std::optional<TrainingResult> judgeStopped(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener,
                                           std::stop_token stop = {});

// What a model made of one example.
struct ExampleOutcome {
  std::int64_t example = 0;  // index into Examples::items
  double loss = 0;           // nats per scored token of it
  std::int64_t scoredTokens = 0;
  int predicted = -1;               // classification: the likeliest class
  std::vector<double> classScores;  // classification: log p of each class's tokens behind the text, all tokens counted; of a head log p
  std::int64_t row = 0;             // of the table
  int truth = -1;                   // classification: the class it has
};

struct Evaluation {
  double loss = 0;                   // nats per scored token (a head: per text)
  std::optional<double> perplexity;  // of models that write text
  std::optional<double> accuracy;    // classification only
  std::optional<double> labelLoss;   // classification: nats per label, without the end of the text that may be learned behind it
  std::optional<double> f1Macro;     // classification: the mean F1 of the classes
  std::int64_t examples = 0;
  std::int64_t scoredTokens = 0;  // a head: texts
  std::vector<ExampleOutcome> outcomes;
};

// The loss (and accuracy) of a prompt on examples; an empty prompt evaluates the bare model.
// `tell` hears after each batch how many examples are done.
Evaluation evaluate(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t batchSize = 16,
                    std::stop_token stop = {}, const std::function<void(std::int64_t done)>& tell = {});

}  // namespace incipit
