// Gradient checkpointing (Chen et al. 2016): a function keeps only its input, and is computed again in the
// backward pass.
#pragma once

#include <ATen/core/Tensor.h>
#include <functional>

namespace incipit {

// f(x), with the gradient of f; what f keeps for it exists only while that gradient is taken. f must give the same numbers each time.
at::Tensor checkpointed(const at::Tensor& x, std::function<at::Tensor(const at::Tensor&)> f);

}  // namespace incipit
