#include "core/training/plan.h"

#include "core/support/error.h"
#include "core/training/plan_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace incipit {

namespace {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};
template <class Value>
Named(const char*, Value) -> Named<Value>;  // clang 14 deduces none for an aggregate

constexpr std::array optimizers{Named{"adamw", Optimizer::AdamW}, Named{"adafactor", Optimizer::Adafactor}, Named{"sgd", Optimizer::Sgd},
                                Named{"lion", Optimizer::Lion}};
constexpr std::array reparametrizations{Named{"none", Reparametrization::None}, Named{"mlp", Reparametrization::Mlp},
                                        Named{"lstm", Reparametrization::Lstm}, Named{"residual", Reparametrization::Residual},
                                        Named{"low_rank", Reparametrization::LowRank}};
constexpr std::array schedules{Named{"constant", Schedule::Constant}, Named{"linear", Schedule::Linear}, Named{"cosine", Schedule::Cosine},
                               Named{"inverse_sqrt", Schedule::InverseSquareRoot}};

constexpr std::array headInits{Named{"random", HeadInit::Random}, Named{"probe", HeadInit::Probe}};

constexpr std::array bestMetrics{Named{"auto", BestMetric::Auto}, Named{"loss", BestMetric::Loss},
                                 Named{"label_loss", BestMetric::LabelLoss}, Named{"accuracy", BestMetric::Accuracy},
                                 Named{"f1_macro", BestMetric::MacroF1}};

template <class List, class Value>
std::string_view nameIn(const List& list, Value value) {
  return std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.value == value; })->name;
}

}  // namespace

std::string_view nameOf(Optimizer optimizer) { return nameIn(optimizers, optimizer); }
std::string_view nameOf(Schedule schedule) { return nameIn(schedules, schedule); }
std::string_view nameOf(BestMetric metric) { return nameIn(bestMetrics, metric); }
std::string_view nameOf(HeadInit init) { return nameIn(headInits, init); }
std::string_view nameOf(Reparametrization method) { return nameIn(reparametrizations, method); }

Optimizer optimizerFrom(std::string_view name) {
  for (const auto& [known, optimizer] : optimizers)
    if (name == known) return optimizer;
  throw PlanError("'" + std::string(name) + "' is not an optimizer.", "Use adamw, adafactor, sgd or lion.");
}

Schedule scheduleFrom(std::string_view name) {
  for (const auto& [known, schedule] : schedules)
    if (name == known) return schedule;
  throw PlanError("'" + std::string(name) + "' is not a schedule.", "Use constant, linear, cosine or inverse_sqrt.");
}

Reparametrization reparametrizationFrom(std::string_view name) {
  for (const auto& [known, method] : reparametrizations)
    if (name == known) return method;
  throw PlanError("'" + std::string(name) + "' is not a reparametrization.", "Use none, mlp, lstm, residual or low_rank.");
}

BestMetric bestMetricFrom(std::string_view name) {
  for (const auto& [known, metric] : bestMetrics)
    if (name == known) return metric;
  throw PlanError("'" + std::string(name) + "' is not a measure to choose a prompt by.",
                  "Use auto, loss, label_loss, accuracy or f1_macro.");
}

HeadInit headInitFrom(std::string_view name) {
  for (const auto& [known, init] : headInits)
    if (name == known) return init;
  throw PlanError("'" + std::string(name) + "' is not a way to start a head.", "Use random or probe.");
}

double usualHeadRate(const TrainingPlan& plan) { return plan.headInit == HeadInit::Probe ? 0.001 : plan.learningRate; }

double usualNetworkRate(Reparametrization method) { return method == Reparametrization::Mlp ? 0.01 : 0.001; }

double usualBeta2(Optimizer optimizer) { return optimizer == Optimizer::Lion ? 0.99 : 0.999; }

std::vector<PlanProblem> problemsIn(const TrainingPlan& plan) {
  std::vector<PlanProblem> problems;
  TrainingPlan copy = plan;
  for (const PlanField& field : planFields()) {
    for (const PlanCheck& check : field.checks)
      if (!check.fine(plan)) problems.push_back({field.key, check.sentence});
    const PlanValue value = field.in(copy);
    if (const auto* number = std::get_if<std::int64_t*>(&value); number != nullptr && **number > mostOfAnything)
      problems.push_back(
          {field.key, "No plan counts beyond 1,000,000,000, and " + std::string(field.key) + " is " + std::to_string(**number) + "."});
  }
  return problems;
}

bool isValidated(const TrainingPlan& plan) { return !plan.validation.empty() || plan.validationFraction > 0; }

std::int64_t totalSteps(const TrainingPlan& plan, std::int64_t examples) {
  if (plan.epochs <= 0) return plan.steps;
  const auto over = [](std::int64_t whole, std::int64_t part) { return whole / part + (whole % part > 0 ? 1 : 0); };
  const std::int64_t batches = over(examples, std::max<std::int64_t>(1, plan.batchSize));
  const std::int64_t perEpoch = std::max<std::int64_t>(1, over(batches, std::max<std::int64_t>(1, plan.gradientAccumulationSteps)));
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return plan.epochs > most / perEpoch ? most : plan.epochs * perEpoch;
}

std::int64_t stepsBetweenEvaluations(const TrainingPlan& plan, std::int64_t total) {
  return plan.evalEvery > 0 ? plan.evalEvery : std::max<std::int64_t>(1, total / 10);
}

std::int64_t stepsBetweenSnapshots(const TrainingPlan& plan, std::int64_t total) {
  return plan.snapshotEvery > 0 ? plan.snapshotEvery : std::max<std::int64_t>(1, total / 50);
}

std::int64_t stepsOfWarmup(const TrainingPlan& plan, std::int64_t total) {
  return plan.warmupSteps > 0 ? plan.warmupSteps : static_cast<std::int64_t>(std::ceil(plan.warmupRatio * static_cast<double>(total)));
}

double learningRateAt(const TrainingPlan& plan, std::int64_t step, std::int64_t total) {
  if (plan.constantFrom > 0 && step >= plan.constantFrom) return plan.constantRate;
  if (plan.scheduleSteps > 0) total = plan.scheduleSteps;
  // As transformers' schedulers: the rate of update k is lambda(k - 1), so a linear warm-up starts at 0.
  const auto done = static_cast<double>(step - 1), warmup = static_cast<double>(stepsOfWarmup(plan, total));
  if (done < warmup) return plan.learningRate * done / std::max(1.0, warmup);
  const double along = (done - warmup) / std::max(1.0, static_cast<double>(total) - warmup);
  switch (plan.schedule) {
  case Schedule::Linear:
    return plan.learningRate * std::max(0.0, 1 - along);
  case Schedule::Cosine:
    return plan.learningRate * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, along)));
  case Schedule::InverseSquareRoot: {
    // transformers' get_inverse_sqrt_schedule: without a warm-up the rate stays for 10,000 steps before it halves at 40,000.
    const double scale = warmup > 0 ? warmup : 10'000;
    return plan.learningRate / std::sqrt((done + scale - warmup) / scale);
  }
  default:
    return plan.learningRate;
  }
}

}  // namespace incipit
