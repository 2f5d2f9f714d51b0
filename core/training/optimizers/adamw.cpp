// Loshchilov and Hutter 2019, with PyTorch's order of operations: decay first, epsilon outside the root.
#include "core/training/optimizers/update_rule.h"

#include <cmath>

namespace incipit {
namespace {

class AdamW : public UpdateRule {
 public:
  AdamW(double beta1, double beta2, double epsilon, double weightDecay)
      : m_beta1(beta1), m_beta2(beta2), m_epsilon(static_cast<float>(epsilon)), m_weightDecay(weightDecay) {}

  std::vector<Matrix> memoryFor(const Matrix& part) const override {
    return {Matrix(part.rows, part.columns), Matrix(part.rows, part.columns)};
  }

  void update(Matrix& values, const Matrix& gradient, std::span<Matrix> memory, double learningRate, std::int64_t step) const override {
    // What is left of one is taken in double, as there: 1 - 0.999f is 1.3e-5 too small.
    const auto new1 = static_cast<float>(1 - m_beta1), old2 = static_cast<float>(m_beta2), new2 = static_cast<float>(1 - m_beta2);
    const double correction1 = 1 - std::pow(m_beta1, static_cast<double>(step)),
                 correction2 = 1 - std::pow(m_beta2, static_cast<double>(step));
    const auto stepSize = static_cast<float>(learningRate / correction1), root2 = static_cast<float>(std::sqrt(correction2));
    const auto keep = static_cast<float>(1 - learningRate * m_weightDecay);
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      const float g = gradient.values[i];
      float& m = memory[0].values[i];
      float& v = memory[1].values[i];
      m += (g - m) * new1;
      v = v * old2 + new2 * g * g;
      values.values[i] = values.values[i] * keep - stepSize * m / (std::sqrt(v) / root2 + m_epsilon);
    }
  }

 private:
  double m_beta1, m_beta2;
  float m_epsilon;
  double m_weightDecay;
};

}  // namespace

UpdateRulePointer makeAdamW(double beta1, double beta2, double epsilon, double weightDecay) {
  return std::make_unique<AdamW>(beta1, beta2, epsilon, weightDecay);
}

}  // namespace incipit
