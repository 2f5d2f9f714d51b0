// The optimisers of a soft prompt: one small fp32 matrix, so plain loops in double precision where it costs nothing.
#pragma once

#include "core/tensor/matrix.h"
#include "core/training/plan.h"

#include <cstdint>
#include <vector>

namespace incipit {

class PromptOptimizer {
 public:
  PromptOptimizer(Optimizer kind, std::int64_t rows, std::int64_t columns, double weightDecay);

  // One update of `values` by `gradient` (both [P, H]) at this learning rate.
  void step(Matrix& values, const Matrix& gradient, double learningRate);

  // For checkpoints: AdamW has m and v [P, H]; Adafactor the row means [P, 1] and column means [1, H].
  const std::vector<Matrix>& moments() const { return m_moments; }
  std::int64_t steps() const { return m_steps; }
  void restore(std::vector<Matrix> moments, std::int64_t steps);

 private:
  void adamW(Matrix& values, const Matrix& gradient, double learningRate);
  void adafactor(Matrix& values, const Matrix& gradient, double learningRate);

  Optimizer m_kind;
  double m_weightDecay;
  std::int64_t m_steps = 0;
  std::vector<Matrix> m_moments;
};

}  // namespace incipit
