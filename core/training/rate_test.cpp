#include "core/training/rate_test.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/gradients.h"
#include "core/training/learner.h"
#include "core/training/linear_probe.h"
#include "core/training/step.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace incipit {
namespace {

constexpr double smoothing = 0.7;  // weight of the past in a repeat's loss: the mean of about three batches

// Rates between which every use of an optimiser was seen to lie; SGD's steps are as long as its gradients.
RateRange usualRange(const TrainingPlan& plan, RateRange range) {
  const bool network = std::string_view(testedRate(plan)) != "learning_rate";
  double from = 1e-4, to = 10;
  if (plan.optimizer == Optimizer::Sgd) from = 1e-3, to = 100;
  if (plan.optimizer == Optimizer::Lion) from = 1e-5, to = 1;
  if (plan.optimizer == Optimizer::Adafactor) from = 1e-3, to = 10;
  if (network) from /= 10, to /= 100;
  if (range.from <= 0) range.from = from;
  if (range.to <= 0) range.to = to;
  return range;
}

// One prompt on its way up the rates.
class Repeat {
 public:
  Repeat(const TrainingPlan& plan, const TrainingInput& input, const SoftPrompt& start, std::int64_t number)
      : m_plan(seeded(plan, number)), m_state(stateAt(start)), m_examples(*input.training),
        m_order(static_cast<std::int64_t>(m_examples.items.size()), plan.batchSize, plan.shuffle, m_plan.seed),
        m_learner(m_plan, m_state, false) {
    if (!plan.shuffle)  // each begins elsewhere in the file
      for (std::int64_t i = 0; i < number * m_order.batchesPerEpoch() / 3; ++i)
        m_order.next();
  }
  Repeat(const Repeat&) = delete;
  Repeat& operator=(const Repeat&) = delete;

  PromptBatches next() {
    PromptBatches reading{m_state.prompt, m_examples, {}, m_plan.gradientCheckpointing};
    for (std::int64_t i = 0; i < m_plan.gradientAccumulationSteps; ++i)
      reading.batches.push_back(m_order.next());
    return reading;
  }
  // The loss of the prompt as it stood, smoothed.
  double judged(double loss) {
    m_weight = smoothing * m_weight + 1;
    m_sum = smoothing * m_sum + loss;
    return m_sum / m_weight;
  }
  void step(StepResult result, const char* knob, double rate) {
    std::vector<Matrix> gradients = m_learner.gradients(std::move(result.gradients));
    clip(gradients, normOf(gradients), m_plan.maxGradNorm);
    setRate(m_plan, knob, rate);
    m_learner.step(gradients, m_plan.learningRate);
  }

 private:
  static TrainingPlan seeded(TrainingPlan plan, std::int64_t number) {
    plan.seed += static_cast<std::uint64_t>(number);
    return plan;
  }
  static TrainingState stateAt(const SoftPrompt& start) {
    TrainingState state;
    state.prompt = state.start = state.best = start;
    return state;
  }

  TrainingPlan m_plan;  // its rate changes from step to step
  TrainingState m_state;
  const Examples& m_examples;
  BatchOrder m_order;
  Learner m_learner;
  double m_sum = 0, m_weight = 0;
};

// Far above where it began: nothing is learned there any more.
bool hasExploded(const RateTest& test) {
  const RatePoint& last = test.curve.back();
  return !std::isfinite(last.loss) || last.loss > std::max(1.5 * test.startLoss, test.startLoss + 0.5);
}

}  // namespace

const char* testedRate(const TrainingPlan& plan) {
  const bool network = plan.reparametrization == Reparametrization::Mlp || plan.reparametrization == Reparametrization::Lstm;
  return network ? "reparametrization_learning_rate" : "learning_rate";
}

double rateOf(const TrainingPlan& plan, const char* knob) {
  if (std::string_view(knob) == "learning_rate") return plan.learningRate;
  return plan.reparametrizationLearningRate > 0 ? plan.reparametrizationLearningRate : usualNetworkRate(plan.reparametrization);
}

void setRate(TrainingPlan& plan, const char* knob, double rate) {
  (std::string_view(knob) == "learning_rate" ? plan.learningRate : plan.reparametrizationLearningRate) = rate;
}

std::optional<RateTest> testRates(const TrainingPlan& plan, const TrainingInput& input, const RateListener& tell, std::stop_token stop,
                                  RateRange range) {
  if (const auto problems = problemsIn(plan); !problems.empty()) throw PlanError(problems.front().sentence);
  if (!input.training || input.training->items.empty()) throw DataError("There is no training data.", "Open a data file.");
  checkFits(input.start, *input.model);
  useThreads(plan.threads);
  range = usualRange(plan, range);
  RateTest test;
  test.knob = testedRate(plan);
  SoftPrompt start = input.start;
  if (startsFromProbe(plan, *input.model, start)) {
    const auto probe = linearProbe(*input.model, start, *input.training, plan.seed, stop);
    if (!probe) return std::nullopt;
    start.head = probe->head;
  }
  std::vector<std::unique_ptr<Repeat>> repeats;
  for (std::int64_t i = 0; i < range.repeats; ++i)
    repeats.push_back(std::make_unique<Repeat>(plan, input, start, i));

  const double factor = std::pow(range.to / range.from, 1 / static_cast<double>(range.steps - 1));
  for (std::int64_t step = 0; step <= range.steps; ++step) {
    if (stop.stop_requested()) return std::nullopt;
    std::vector<PromptBatches> reading;
    for (const auto& repeat : repeats)
      reading.push_back(repeat->next());
    std::vector<StepResult> results = lossesAndGradients(*input.model, reading);
    RatePoint point{range.from * std::pow(factor, static_cast<double>(step - 1)), 0, INFINITY, -INFINITY};
    for (std::size_t i = 0; i < repeats.size(); ++i) {
      const double loss = repeats[i]->judged(results[i].loss);
      point.loss += loss / static_cast<double>(repeats.size());
      point.low = std::min(point.low, loss), point.high = std::max(point.high, loss);
    }
    if (step == 0)
      test.startLoss = point.loss;
    else
      test.curve.push_back(point);
    if (step > 0 && tell) tell(test.curve, range.steps);
    if (step > 0 && hasExploded(test)) {
      test.exploded = true;
      break;
    }
    if (step == range.steps) break;
    for (std::size_t i = 0; i < repeats.size(); ++i)
      repeats[i]->step(std::move(results[i]), test.knob.c_str(), range.from * std::pow(factor, static_cast<double>(step)));
  }
  if (!std::isfinite(test.curve.back().loss)) test.curve.pop_back();
  suggest(test);
  return test;
}

}  // namespace incipit
