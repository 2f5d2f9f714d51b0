// The optimisers of a soft prompt: a few small fp32 matrices, so plain loops in double precision where it costs nothing.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/training/plan.h"

#include <cstdint>
#include <vector>

namespace incipit {

class PromptOptimizer {
 public:
  PromptOptimizer(Optimizer kind, const SoftPrompt& prompt, double weightDecay);

  // One update of the prompt's trained parts by their gradients at this learning rate.
  void step(SoftPrompt& prompt, const std::vector<Matrix>& gradients, double learningRate);

  // For checkpoints, two of every trained part: AdamW's m and v; Adafactor's means of rows [., 1] and of columns [1, .].
  const std::vector<Matrix>& moments() const { return m_moments; }
  std::int64_t steps() const { return m_steps; }
  void restore(std::vector<Matrix> moments, std::int64_t steps);

 private:
  // first, second: the two moments of this part.
  void adamW(Matrix& values, const Matrix& gradient, Matrix& first, Matrix& second, double learningRate) const;
  void adafactor(Matrix& values, const Matrix& gradient, Matrix& ofRows, Matrix& ofColumns, double learningRate) const;

  Optimizer m_kind;
  double m_weightDecay;
  std::int64_t m_steps = 0;
  std::vector<Matrix> m_moments;
};

}  // namespace incipit
