// A linear probe: the logistic regression that tells the classes apart by what the frozen model makes of their texts. It is solved, not
// trained: where a new head starts, and the line that a trained prompt has to beat.
#pragma once

#include "core/dataset/examples.h"
#include "core/prompt/soft_prompt.h"
#include "core/training/plan.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace incipit {

class FrozenModel;

// Multinomial logistic regression with L2 as scikit-learn's LogisticRegression states it: the least
// |W|^2 / 2 + C * sum of -log p(label), W [L, H], intercepts [L] free. L-BFGS (Liu and Nocedal 1989) in double precision.
// A class without a row gets weights of zero.
struct LogisticFit {
  Matrix weights;                  // [L, H]
  std::vector<double> intercepts;  // [L]; zeros where none were asked for
  int iterations = 0;
};
enum class Intercepts { Fitted, None };
LogisticFit fitLogistic(const Matrix& rows, std::span<const int> labels, std::int64_t classes, double c = 1,
                        Intercepts intercepts = Intercepts::Fitted);

// Whether a run that begins with `start` solves its head first: the plan says so, and neither the checkpoint nor an adapter brought the
// head, it is the one that is drawn by the seed.
bool startsFromProbe(const TrainingPlan& plan, const FrozenModel& model, const SoftPrompt& start);

// Strength of the penalty, in steps of ten times: the one whose fits say most of the third of the rows that they have not seen.
double chosenStrength(const Matrix& rows, std::span<const int> labels, std::int64_t classes, Intercepts intercepts);

struct LinearProbe {
  ClassHead head;             // like the prompt's, its last layer solved
  double accuracy = 0;        // on the rows it was fitted to
  double c = 1;               // the strength that was chosen
  std::int64_t examples = 0;  // those rows
};

// Rows that a probe reads at most, a sample by the seed: more of them change little and cost as much as training.
inline constexpr std::int64_t mostProbedExamples = 2000;

// The probe on the states that `prompt`'s head reads, its virtual tokens in front (none in an empty prompt: the bare model). The prompt has
// a head, whose layers before the last stay as they are. nullopt: the stop came first. `tell` hears how many rows are read.
std::optional<LinearProbe> linearProbe(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::uint64_t seed,
                                       std::stop_token stop = {},
                                       const std::function<void(std::int64_t done, std::int64_t all)>& tell = {});

}  // namespace incipit
