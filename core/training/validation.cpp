#include "core/training/validation.h"

#include "core/support/random.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr std::int64_t fewestRows = 64;  // an accuracy of fewer says little
constexpr std::int64_t usualLooks = 10, fewestLooks = 2;
constexpr double backwards = 2;                       // work of the way back, in ways forward
constexpr double mostOfTraining = 1.0 / 3;            // of the training's work: a quarter of the whole
constexpr std::uint64_t stream = 0x76616c6964617465;  // apart from the seeds of the start and of the order

double meanLength(const Examples& examples) {
  return examples.items.empty() ? 0 : static_cast<double>(examples.items.tokens()) / static_cast<double>(examples.items.size());
}

// Tokens read for one row of a look: once for the loss, and where words are the labels once more for all of them.
double workOfRow(const Examples& validation) {
  double labels = 0;
  for (const auto& tokens : validation.classTokens)
    labels += static_cast<double>(tokens.size());
  const bool twice = !validation.classTokens.empty() && !validation.items.empty() && !validation.items.front().labels.empty();
  return meanLength(validation) + (twice ? meanLength(validation) + labels : 0);
}

double workOfTraining(const TrainingPlan& plan, const Examples& training) {
  const auto steps = totalSteps(plan, static_cast<std::int64_t>(training.items.size()));
  return (1 + backwards) * meanLength(training) * static_cast<double>(steps * plan.batchSize * plan.gradientAccumulationSteps);
}

std::int64_t looks(std::int64_t steps, std::int64_t every) { return 1 + steps / every + (steps % every != 0); }

}  // namespace

double workOfLook(const Examples& examples) { return workOfRow(examples) * static_cast<double>(examples.items.size()); }

ValidationCost validationCost(const TrainingPlan& plan, const Examples& training, const Examples* validation) {
  ValidationCost cost;
  cost.training = workOfTraining(plan, training);
  if (validation == nullptr || validation->items.empty()) return cost;
  const auto steps = totalSteps(plan, static_cast<std::int64_t>(training.items.size()));
  cost.allRows = static_cast<std::int64_t>(validation->items.size());
  cost.rows = plan.evalRows > 0 ? std::min(plan.evalRows, cost.allRows) : cost.allRows;
  cost.evaluations = looks(steps, plan.evalEvery > 0 ? plan.evalEvery : std::max<std::int64_t>(1, steps / usualLooks));
  const auto rows = cost.evaluations * cost.rows + (cost.rows < cost.allRows ? cost.allRows : 0);
  cost.validation = workOfRow(*validation) * static_cast<double>(rows);
  return cost;
}

void settleValidation(TrainingPlan& plan, const Examples& training, const Examples* validation) {
  if (plan.evalEvery > 0 || validation == nullptr || validation->items.empty()) return;
  const auto steps = totalSteps(plan, static_cast<std::int64_t>(training.items.size()));
  const auto all = static_cast<std::int64_t>(validation->items.size());
  plan.evalEvery = std::max<std::int64_t>(1, steps / usualLooks);
  if (plan.evalRows > 0 || all <= fewestRows) return;
  const double affordable = mostOfTraining * workOfTraining(plan, training) / std::max(1.0, workOfRow(*validation));  // rows in all
  const auto each = static_cast<std::int64_t>(affordable) / looks(steps, plan.evalEvery);
  plan.evalRows = std::clamp(each, fewestRows, all);
  if (each >= fewestRows) return;
  const auto fewer = std::clamp(static_cast<std::int64_t>(affordable) / fewestRows - 1, fewestLooks, usualLooks);
  plan.evalEvery = std::max<std::int64_t>(1, (steps + fewer - 1) / fewer);
}

Examples validationSample(const TrainingPlan& plan, const Examples& validation) {
  const auto all = static_cast<std::int64_t>(validation.items.size());
  Examples sample = validation;
  if (plan.evalRows <= 0 || plan.evalRows >= all) return sample;
  auto chosen = Random(plan.seed ^ stream).permutation(all);
  chosen.resize(static_cast<std::size_t>(plan.evalRows));
  std::sort(chosen.begin(), chosen.end());
  sample.items = validation.items.picked({chosen.begin(), chosen.end()});
  return sample;
}

}  // namespace incipit
