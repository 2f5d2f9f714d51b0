// Stochastic gradient descent with momentum as torch.optim.SGD: no dampening, no Nesterov, and decay that is part of the gradient.
#include "core/training/optimizers/update_rule.h"

namespace incipit {
namespace {

class Sgd : public UpdateRule {
 public:
  Sgd(double momentum, double weightDecay) : m_momentum(static_cast<float>(momentum)), m_weightDecay(static_cast<float>(weightDecay)) {}

  std::vector<Matrix> memoryFor(const Matrix& part) const override { return {Matrix(part.rows, part.columns)}; }

  void update(Matrix& values, const Matrix& gradient, std::span<Matrix> memory, double learningRate, std::int64_t) const override {
    const auto rate = static_cast<float>(learningRate);
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      float& speed = memory[0].values[i];
      speed = m_momentum * speed + (gradient.values[i] + m_weightDecay * values.values[i]);
      values.values[i] -= rate * speed;
    }
  }

 private:
  float m_momentum, m_weightDecay;
};

}  // namespace

UpdateRulePointer makeSgd(double momentum, double weightDecay) { return std::make_unique<Sgd>(momentum, weightDecay); }

}  // namespace incipit
