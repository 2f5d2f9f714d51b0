// Cross entropy of a row of logits and its gradient, in two passes over the row: the [S, V] matrix is the largest thing of a step, so
// every further pass over it would show.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>

namespace incipit::kernels {

// logits [vocabulary] -> -log softmax(logits)[target].
// gradient [vocabulary], where not null: weight * (softmax(logits) - one at the target).
float crossEntropy(const float* logits, std::int64_t vocabulary, std::int64_t target, float weight, float* gradient);

}  // namespace incipit::kernels
