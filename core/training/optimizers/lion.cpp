// Chen et al. 2023, "Symbolic discovery of optimization algorithms", program 1: every number moves by the rate, in the direction of a
// blend of the gradient and its running mean. Decoupled decay.
#include "core/training/optimizers/update_rule.h"

namespace incipit {
namespace {

class Lion : public UpdateRule {
 public:
  Lion(double beta1, double beta2, double weightDecay) : m_beta1(beta1), m_beta2(beta2), m_weightDecay(weightDecay) {}

  std::vector<Matrix> memoryFor(const Matrix& part) const override { return {Matrix(part.rows, part.columns)}; }

  void update(Matrix& values, const Matrix& gradient, std::span<Matrix> memory, double learningRate, std::int64_t) const override {
    const auto old1 = static_cast<float>(m_beta1), new1 = static_cast<float>(1 - m_beta1);
    const auto old2 = static_cast<float>(m_beta2), new2 = static_cast<float>(1 - m_beta2);
    const auto rate = static_cast<float>(learningRate), keep = static_cast<float>(1 - learningRate * m_weightDecay);
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      const float g = gradient.values[i];
      float& mean = memory[0].values[i];
      const float blend = mean * old1 + g * new1;
      const auto sign = static_cast<float>((blend > 0) - (blend < 0));
      values.values[i] = values.values[i] * keep - rate * sign;
      mean = mean * old2 + g * new2;
    }
  }

 private:
  double m_beta1, m_beta2, m_weightDecay;
};

}  // namespace

UpdateRulePointer makeLion(double beta1, double beta2, double weightDecay) { return std::make_unique<Lion>(beta1, beta2, weightDecay); }

}  // namespace incipit
