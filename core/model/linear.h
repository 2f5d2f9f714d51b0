// A frozen linear layer, as the checkpoint stores it.
#pragma once

#include <ATen/core/Tensor.h>

namespace incipit {

struct Linear {
  at::Tensor weight;        // [out, in]; [in, out] where `transposed`
  at::Tensor bias;          // [out], or undefined
  bool transposed = false;  // GPT-2's checkpoints store their weights so
};

// x [R, in] -> x W^T + b [R, out]. Differentiable with respect to x, and to the weights where those ask for it.
at::Tensor dense(const at::Tensor& x, const Linear& layer);

}  // namespace incipit
