// The plan of a run: every knob, its unit, its default and why. Field for field the keys of plan.json and the flags of
// `incipit-cli train` (PEFT's names where PEFT has one).
#pragma once

#include "core/dataset/examples.h"
#include "core/prompt/recipe.h"
#include "core/support/compute.h"
#include "core/support/json.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

enum class Optimizer { AdamW, Adafactor };
enum class Schedule { Constant, Linear, Cosine };

struct TrainingPlan {
  // Where things are. Kept in plan.json; the loop itself never opens a file.
  std::string model = "demo";  // folder, name in the local cache, or "demo"
  std::filesystem::path train;
  std::filesystem::path validation;  // empty: none
  std::filesystem::path out;         // run folder; empty: a new one below ./runs
  std::string initFrom;              // adapter, with PromptInit::Adapter

  // The prompt.
  std::int64_t numVirtualTokens = 20;                          // rows; beyond 20 gains are marginal (Lester et al. 2021, figure 3)
  std::int64_t numTransformerSubmodules = 0;                   // 2: PEFT's adapter has the unused rows of an encoder-decoder; 0: as PEFT
  PromptInit promptTuningInit = PromptInit::SampleVocabulary;  // RANDOM starts far outside the vocabulary's cloud
  std::string promptTuningInitText;
  bool initTextSpecialTokens = true;          // as PEFT
  std::uint64_t seed = 0;                     // of the initialiser, the order of the data
  PromptTask taskType = PromptTask::Unknown;  // SeqCls puts a head on a decoder that has none; Unknown: what the model was made for
  Pooling pooling = Pooling::First;           // of an encoder with a head (BERT): first is PEFT's, text reads [CLS] behind the prompt

  // The optimiser.
  Optimizer optimizer = Optimizer::AdamW;
  double learningRate = 0.03;            // per step; PEFT's examples use 3e-2, the paper 0.3 with Adafactor
  double weightDecay = 0.0;              // decoupled (AdamW)
  Schedule schedule = Schedule::Linear;  // down to 0 over the run
  std::int64_t warmupSteps = 0;
  double maxGradNorm = 1.0;    // 0: no clipping
  std::int64_t steps = 200;    // optimiser steps; 0 with epochs set
  std::int64_t epochs = 0;     // rounds through the data; 0: steps count
  std::int64_t batchSize = 8;  // examples a forward pass
  std::int64_t gradientAccumulationSteps = 1;
  bool gradientCheckpointing = false;  // less memory for more time: most layers are computed again on the way back
  bool shuffle = true;
  Precision precision = Precision::Auto;
  std::string device = "auto";
  int threads = 0;  // 0: the physical cores

  // Validation.
  std::int64_t evalEvery = 0;              // steps; 0: ten times a run when there is validation data
  std::int64_t earlyStoppingPatience = 0;  // evaluations without a better loss; 0: never
  std::int64_t snapshotEvery = 0;          // steps between stored prompts; 0: fifty a run

  DataSettings data;
};

std::string_view nameOf(Optimizer optimizer);  // "adamw", "adafactor"
std::string_view nameOf(Schedule schedule);    // "constant", "linear", "cosine"
Optimizer optimizerFrom(std::string_view name);
Schedule scheduleFrom(std::string_view name);

// All knobs with an impossible value, each as a sentence in the user's words with what to change; empty when the plan can start.
// `knob` is the plan.json key, so that a form can point at the field.
struct PlanProblem {
  std::string knob;
  std::string sentence;
};
std::vector<PlanProblem> problemsIn(const TrainingPlan& plan);

Json toJson(const TrainingPlan& plan);
// Unknown keys are an error that names them and the nearest known key. Missing keys keep their default.
TrainingPlan planFrom(const Json& json, const std::string& origin);

// Optimiser steps of the run over `examples` examples (epochs counted out).
std::int64_t totalSteps(const TrainingPlan& plan, std::int64_t examples);
// Learning rate at step 1 .. total.
double learningRateAt(const TrainingPlan& plan, std::int64_t step, std::int64_t total);

}  // namespace incipit
