#include "core/model/kernels/cross_entropy_kernel.h"

#include <cmath>

namespace incipit::kernels {
namespace {

INCIPIT_INLINE float rowLoss(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, float* gradient) {
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
      gradient[j] = expNegative(logits[j] - highest) * share;
    gradient[target] = std::exp(wanted - highest) * share - weight;
  }
  return logSum - (wanted - highest);
}

}  // namespace

float crossEntropy(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, float* gradient) {
  float loss = 0;
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { loss = rowLoss(logits, vocabulary, target, weight, gradient); });
  return loss;
}

}  // namespace incipit::kernels
