#include "core/training/gradients.h"

#include <cmath>

namespace incipit {

double normOf(const std::vector<Matrix>& gradients) {
  double squares = 0;
  for (const Matrix& gradient : gradients)
    for (const float value : gradient.values)
      squares += static_cast<double>(value) * value;
  return std::sqrt(squares);
}

void clip(std::vector<Matrix>& gradients, double norm, double most) {
  const double factor = most / (norm + 1e-6);
  if (most <= 0 || factor >= 1) return;
  for (Matrix& gradient : gradients)
    for (float& value : gradient.values)
      value *= static_cast<float>(factor);
}

}  // namespace incipit
