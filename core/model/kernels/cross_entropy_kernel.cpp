#include "core/model/kernels/cross_entropy_kernel.h"

#include <cmath>

namespace incipit::kernels {
namespace {

template <class T>
INCIPIT_INLINE float rowLoss(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, T* gradient) {
  constexpr std::int64_t block = 4096;  // sums of so many terms are exact enough in fp32; the blocks are added in fp64
  const float wanted = logits[target];  // the gradient may overwrite the logits
  float highest = logits[0];
#pragma omp simd reduction(max : highest)
  for (std::int64_t j = 1; j < vocabulary; ++j)
    highest = logits[j] > highest ? logits[j] : highest;
  double total = 0;
  for (std::int64_t first = 0; first < vocabulary; first += block) {
    const std::int64_t last = first + block < vocabulary ? first + block : vocabulary;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = first; j < last; ++j)
      sum += expNegative(logits[j] - highest);
    total += static_cast<double>(sum);
  }
  const auto logSum = static_cast<float>(std::log(total));
  if (gradient != nullptr) {
    const auto share = static_cast<float>(weight / total);
#pragma omp simd
    for (std::int64_t j = 0; j < vocabulary; ++j)
      gradient[j] = fromFloat<T>(expNegative(logits[j] - highest) * share);
    gradient[target] = fromFloat<T>(std::exp(wanted - highest) * share - weight);
  }
  return logSum - (wanted - highest);
}

}  // namespace

INCIPIT_MULTIVERSION float crossEntropy(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, float* gradient) {
  return rowLoss(logits, vocabulary, target, weight, gradient);
}
INCIPIT_MULTIVERSION float crossEntropy(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, Bf16* gradient) {
  return rowLoss(logits, vocabulary, target, weight, gradient);
}

}  // namespace incipit::kernels
