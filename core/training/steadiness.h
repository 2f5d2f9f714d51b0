// Ways to keep a prompt steady while it is trained, all off by default: noise and dropout on what the model reads, a pull back towards
// where the rows started, and readable rows, which stay within a radius of the word they started from.
#pragma once

#include "core/training/plan.h"

#include <cstdint>
#include <vector>

namespace incipit {

class FrozenModel;

class Steadiness {
 public:
  // `start`: the prompt at step 0, which outlives this. Measures the vocabulary of `model` where the plan asks for something that is told
  // in its units.
  Steadiness(const TrainingPlan& plan, const SoftPrompt& start, const FrozenModel& model);

  // The rows that step `step` (1 ..) reads: with Gaussian noise of plan.promptNoise times the vocabulary's standard deviation on every
  // number (PTP: Chen et al. 2023, arXiv 2305.02423, random noise), and each row zeroed with probability plan.rowDropout. The dice are the
  // seed's and the step's, so that a run that goes on throws the same.
  SoftPrompt read(const SoftPrompt& prompt, std::int64_t step);
  bool disturbs() const { return m_plan.promptNoise > 0 || m_plan.rowDropout > 0; }

  // Adds to the gradient of the rows: nothing comes from rows that were dropped, and each number is pulled back by plan.pull times its
  // distance from the start (the gradient of pull / 2 |rows - start|^2: L2-SP, Li et al. 2018, arXiv 1802.01483).
  void correct(Matrix& gradient, const Matrix& rows) const;

  // Rows further from their start than plan.readableRadius times the median length of the vocabulary's rows are put back onto that sphere
  // (projected gradient descent; that prompts may say one thing and do another is Khashabi et al. 2022, arXiv 2112.08348).
  void restrain(Matrix& rows) const;

 private:
  const TrainingPlan& m_plan;
  const Matrix& m_start;
  double m_deviation = 0, m_medianNorm = 0;  // of the vocabulary's numbers, and of its rows' lengths
  std::vector<bool> m_dropped;               // rows of the last read()
};

}  // namespace incipit
