// The plan of a run: every knob, its unit, its default and why. What a knob is called in plan.json and as a flag of `incipit-cli train`
// (PEFT's names where PEFT has one), and what it may be, stands in the table of plan_fields.h.
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

enum class Optimizer { AdamW, Adafactor, Sgd, Lion };
// Rows that a small network yields while it is trained (row_networks/row_network.h).
enum class Reparametrization { None, Mlp, Lstm, Residual, LowRank };
// By which measure of a validation prompts are compared (best_metric.h). Auto: accuracy where there are classes, else the loss.
enum class BestMetric { Auto, Loss, LabelLoss, Accuracy, MacroF1 };
// How a head starts that neither the checkpoint nor an adapter brings.
enum class HeadInit {
  Random,  // as transformers starts it: weights N(0, initializer_range), biases 0
  Probe,   // the logistic regression on what the frozen model makes of the training rows (linear_probe.h)
};
enum class Schedule { Constant, Linear, Cosine, InverseSquareRoot };

struct TrainingPlan {
  // Where things are. Kept in plan.json; the loop itself never opens a file.
  std::string model = "demo";  // folder, name in the local cache, or "demo"
  std::filesystem::path train;
  std::filesystem::path validation;         // empty: none
  std::filesystem::path out;                // run folder; empty: a new one below ./runs
  std::string initFrom;                     // adapter, with PromptInit::Adapter
  RowScale gemmaPrompt = RowScale::Unsaid;  // what that adapter's rows mean, of a Gemma model; unsaid: what its file says, or scaled

  // The prompt.
  std::int64_t numVirtualTokens = 20;                          // rows; beyond 20 gains are marginal (Lester et al. 2021, figure 3)
  std::int64_t numTransformerSubmodules = 0;                   // 2: PEFT's adapter has the unused rows of an encoder-decoder; 0: as PEFT
  PromptInit promptTuningInit = PromptInit::SampleVocabulary;  // RANDOM starts far outside the vocabulary's cloud
  std::string promptTuningInitText;
  bool initTextSpecialTokens = true;          // as PEFT
  RowScale gemmaRows = RowScale::Unsaid;      // what the trained rows of a Gemma model mean; unsaid: scaled, as in transformers 5
  std::uint64_t seed = 0;                     // of the initialiser, the order of the data
  PromptTask taskType = PromptTask::Unknown;  // SeqCls puts a head on a decoder that has none; Unknown: what the model was made for
  Pooling pooling = Pooling::Auto;            // of an encoder with a head (BERT): what the head reads; auto: as the model folder says
  HeadInit headInit = HeadInit::Probe;        // linear_probe.h: solved in seconds, where trained heads need thousands of steps

  // Rows by way of a network.
  Reparametrization reparametrization = Reparametrization::None;
  std::int64_t encoderHiddenSize = 0;          // of the network, of LowRank the rank; 0: the method's usual size
  double reparametrizationLearningRate = 0.0;  // of the network; what enters it learns at learningRate; 0: usualNetworkRate

  // The optimiser.
  Optimizer optimizer = Optimizer::AdamW;
  double learningRate = 0.03;            // per step; PEFT's examples use 3e-2, the paper 0.3 with Adafactor
  double headLearningRate = 0.0;         // of a head that is trained with the prompt; 0: usualHeadRate
  double weightDecay = 0.0;              // decoupled; with sgd part of the gradient, as in PyTorch
  double adamBeta1 = 0.9;                // of adamw and lion
  double adamBeta2 = 0.0;                // of adamw and lion; 0: usualBeta2
  double adamEpsilon = 1e-8;             // of adamw
  double momentum = 0.9;                 // of sgd
  Schedule schedule = Schedule::Linear;  // down to 0 over the run
  std::int64_t warmupSteps = 0;          // in which the rate rises from 0
  double warmupRatio = 0.0;              // the same as a share of all steps, rounded up; one of the two is 0
  std::int64_t scheduleSteps = 0;        // the schedule is drawn over so many; 0: over the run
  std::int64_t constantFrom = 0;         // from this step on the rate is constantRate, whatever the schedule says; 0: never
  double constantRate = 0;
  double maxGradNorm = 1.0;    // 0: no clipping
  std::int64_t steps = 200;    // optimiser steps; 0 with epochs set
  std::int64_t epochs = 0;     // rounds through the data; 0: steps count
  std::int64_t batchSize = 8;  // examples a forward pass
  std::int64_t gradientAccumulationSteps = 1;
  bool gradientCheckpointing = false;  // less memory for more time: most layers are recomputed in the backward pass
  bool shuffle = true;

  // Kept steady (steadiness.h); all off.
  double promptNoise = 0;     // Gaussian noise on what a step reads, in standard deviations of the vocabulary's numbers
  double rowDropout = 0;      // share of the virtual tokens that a step reads as zeros
  double pull = 0;            // towards where the rows started, as a weight of half the squared distance
  double readableRadius = 0;  // rows stay so near to the word they started from, in median lengths of a word; 0: anywhere

  Precision precision = Precision::Auto;
  std::string device = "auto";
  int threads = 0;  // 0: the physical cores

  // Validation.
  double validationFraction = 0;  // share of the training rows held out, by seed, each class its share; 0: none. Not with a file
  std::int64_t evalEvery = 0;     // steps; 0: by cost (training/validation.h), decided once before step 1
  std::int64_t evalRows = 0;      // rows of each, a sample by seed; 0: by cost where evalEvery is 0, else all
  BestMetric metricForBestModel = BestMetric::Auto;  // the prompt that is best by it is kept, and early stopping goes by it
  std::int64_t earlyStoppingPatience = 0;            // evaluations without a better one; 0: never
  // The forgetting meter: a file of ordinary prose that every evaluation measures with and without the prompt; "neutral": the one that
  // comes along; empty: none. Of models that go on with a text.
  std::filesystem::path forgettingText;
  std::int64_t snapshotEvery = 0;  // steps between stored prompts; 0: fifty a run

  DataSettings data;

  // Knobs that nobody set: what they stand for has been decided when the run was prepared, and is written above ("_defaults" of plan.json).
  // Doing the run again decides nothing anew.
  std::vector<std::string> defaults;
};

std::string_view nameOf(Optimizer optimizer);       // "adamw", "adafactor", "sgd", "lion"
std::string_view nameOf(Reparametrization method);  // "none", "mlp", "lstm", "residual", "low_rank"
std::string_view nameOf(BestMetric metric);         // "auto", "loss", "label_loss", "accuracy", "f1_macro"
std::string_view nameOf(HeadInit init);             // "random", "probe"
std::string_view nameOf(Schedule schedule);         // "constant", "linear", "cosine", "inverse_sqrt"
Optimizer optimizerFrom(std::string_view name);
Schedule scheduleFrom(std::string_view name);
BestMetric bestMetricFrom(std::string_view name);
HeadInit headInitFrom(std::string_view name);
Reparametrization reparametrizationFrom(std::string_view name);
// A head that starts from a probe is nearly right and wants small steps; one of random numbers learns as the prompt does, as in PEFT.
double usualHeadRate(const TrainingPlan& plan);
double usualNetworkRate(Reparametrization method);  // of the network's own parts (row_networks/row_network.h)
// 0.999 for adamw (Kingma and Ba 2015), 0.99 for lion (Chen et al. 2023).
double usualBeta2(Optimizer optimizer);

// All knobs with an impossible value, each as a sentence in the user's words with what to change; empty when the plan can start.
// `knob` is the plan.json key, so that a form can point at the field.
struct PlanProblem {
  std::string knob;
  std::string sentence;
};
std::vector<PlanProblem> problemsIn(const TrainingPlan& plan);

// plan.json's "version". It rises when a plan of today would mean something else to the program of tomorrow.
inline constexpr std::int64_t planVersion = 1;
Json toJson(const TrainingPlan& plan);
// Missing keys keep their default, or mean what they meant before there was such a knob; a plan without a version is from before there was
// one. The plan of a run (it has `runKey`) without gemma_rows is from before there were two meanings: its rows are unscaled. Throws
// PlanError for a plan of a newer version, for an unknown key (naming the nearest known one), and for a value of the wrong kind.
inline constexpr const char* runKey = "_model_fingerprint";
TrainingPlan planFrom(const Json& json, const std::string& origin);
// A plan.json that says of every knob that older plans lack what a plan of today begins with.
Json freshPlan();
// The JSON of a plan with other values for some keys. When any but "out" changes, what the program decided for the old plan is left open
// again: a tenth of 200 steps is no tenth of 1,000.
Json changed(Json plan, const Json& values);

// What differs between two plans: keys of plan.json with both values as text. A knob that one plan leaves open does not differ from what
// was decided for the other one where nobody set it.
struct PlanDifference {
  std::string knob, before, after;
};
std::vector<PlanDifference> differences(const TrainingPlan& before, const TrainingPlan& after);
// The knobs that nobody set: those of `defaults`, and those that still have the value a plan begins with.
std::vector<std::string> defaultsOf(const TrainingPlan& plan);

// It has validation data: a file, or rows held out.
bool isValidated(const TrainingPlan& plan);
// Optimiser steps of the run over `examples` examples (epochs counted out).
std::int64_t totalSteps(const TrainingPlan& plan, std::int64_t examples);
// How often a run of `total` steps validates, and stores its prompt.
std::int64_t stepsBetweenEvaluations(const TrainingPlan& plan, std::int64_t total);
std::int64_t stepsBetweenSnapshots(const TrainingPlan& plan, std::int64_t total);
// Steps of the warm-up, said as a number or as a share.
std::int64_t stepsOfWarmup(const TrainingPlan& plan, std::int64_t total);
// Learning rate at step 1 .. total.
double learningRateAt(const TrainingPlan& plan, std::int64_t step, std::int64_t total);

}  // namespace incipit
