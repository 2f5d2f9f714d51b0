#include "core/training/optimizers/optimizer.h"

#include "core/support/error.h"

namespace incipit {
namespace {

UpdateRulePointer ruleOf(const TrainingPlan& plan) {
  const double beta2 = plan.adamBeta2 > 0 ? plan.adamBeta2 : usualBeta2(plan.optimizer);
  switch (plan.optimizer) {
  case Optimizer::Adafactor:
    return makeAdafactor(plan.weightDecay);
  case Optimizer::Sgd:
    return makeSgd(plan.momentum, plan.weightDecay);
  case Optimizer::Lion:
    return makeLion(plan.adamBeta1, beta2, plan.weightDecay);
  default:
    return makeAdamW(plan.adamBeta1, beta2, plan.adamEpsilon, plan.weightDecay);
  }
}

}  // namespace

PromptOptimizer::PromptOptimizer(const TrainingPlan& plan, const std::vector<const Matrix*>& parts) : m_rule(ruleOf(plan)) {
  for (const Matrix* part : parts) {
    for (Matrix& memory : m_rule->memoryFor(*part))
      m_moments.push_back(std::move(memory));
    m_ends.push_back(m_moments.size());
  }
}

void PromptOptimizer::restore(std::vector<Matrix> moments, std::int64_t steps) {
  bool fits = moments.size() == m_moments.size();
  for (std::size_t i = 0; fits && i < moments.size(); ++i)
    fits = moments[i].rows == m_moments[i].rows && moments[i].columns == m_moments[i].columns;
  if (!fits) throw TrainingError("The checkpoint's optimiser state belongs to another prompt or optimiser.", "Start the run anew.");
  m_moments = std::move(moments);
  m_steps = steps;
}

void PromptOptimizer::step(const std::vector<Matrix*>& parts, const std::vector<Matrix>& gradients,
                           const std::vector<double>& learningRates) {
  ++m_steps;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < parts.size(); begin = m_ends[i++])
    m_rule->update(*parts[i], gradients[i], std::span(m_moments).subspan(begin, m_ends[i] - begin), learningRates[i], m_steps);
}

}  // namespace incipit
