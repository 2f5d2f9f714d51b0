// The gradients of a step as one long vector: its length, and what is done when it is too long.
#pragma once

#include "core/tensor/matrix.h"

#include <vector>

namespace incipit {

double normOf(const std::vector<Matrix>& gradients);
// Scales the gradients down to `most` in all, as PyTorch's clip_grad_norm_ does; 0: never.
void clip(std::vector<Matrix>& gradients, double norm, double most);

}  // namespace incipit
