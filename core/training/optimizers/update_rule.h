// How one matrix follows its gradient: what an optimiser is. Each rule is a file of its own, which names its source.
#pragma once

#include "core/tensor/matrix.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace incipit {

class UpdateRule {
 public:
  virtual ~UpdateRule() = default;
  // What the rule remembers of a part of that shape from step to step, all zero at the start.
  virtual std::vector<Matrix> memoryFor(const Matrix& part) const = 0;
  // Update number `step` (from 1 on) of `values`. The memory is that of memoryFor.
  virtual void update(Matrix& values, const Matrix& gradient, std::span<Matrix> memory, double learningRate, std::int64_t step) const = 0;
};

using UpdateRulePointer = std::unique_ptr<const UpdateRule>;

UpdateRulePointer makeAdamW(double beta1, double beta2, double epsilon, double weightDecay);
UpdateRulePointer makeAdafactor(double weightDecay);
UpdateRulePointer makeSgd(double momentum, double weightDecay);
UpdateRulePointer makeLion(double beta1, double beta2, double weightDecay);

}  // namespace incipit
