// The optimiser of a run: a few small fp32 matrices, each updated by the plan's rule (update_rule.h).
#pragma once

#include "core/training/optimizers/update_rule.h"
#include "core/training/plan.h"

#include <cstdint>
#include <vector>

namespace incipit {

class PromptOptimizer {
 public:
  PromptOptimizer(const TrainingPlan& plan, const std::vector<const Matrix*>& parts);

  // One update of the trained parts by their gradients, each at its learning rate. The parts are those of the constructor.
  void step(const std::vector<Matrix*>& parts, const std::vector<Matrix>& gradients, const std::vector<double>& learningRates);

  // For checkpoints: what the rule remembers of every part, part by part.
  const std::vector<Matrix>& moments() const { return m_moments; }
  std::int64_t steps() const { return m_steps; }
  void restore(std::vector<Matrix> moments, std::int64_t steps);

 private:
  UpdateRulePointer m_rule;
  std::int64_t m_steps = 0;
  std::vector<Matrix> m_moments;
  std::vector<std::size_t> m_ends;  // of each part's share of the moments
};

}  // namespace incipit
