// A frozen linear layer: the weight as the checkpoint stores it, and beside it, made when first needed, the layouts in which the
// matrix library multiplies fastest.
#pragma once

#include "core/model/attention/forest.h"

#include <ATen/core/Tensor.h>
#include <memory>

namespace incipit {

class FrozenWeight;

struct Linear {
  Linear() = default;
  // weight [out, in], or [in, out] where `transposed` (GPT-2's checkpoints store theirs so); bias [out] or undefined.
  Linear(at::Tensor weight, at::Tensor bias = {}, bool transposed = false);

  at::Tensor weight;
  at::Tensor bias;
  bool transposed = false;
  std::shared_ptr<FrozenWeight> frozen;  // shared by all copies of the layer
};

// x [R, in] -> x W^T + b [R, out]. Differentiable with respect to x, and to the weights where they require gradients.
at::Tensor dense(const at::Tensor& x, const Linear& layer);
// The same where only the gradient of the rows `learning` of x is wanted: that of the others is zero, whatever it would be. Null: all rows.
at::Tensor dense(const at::Tensor& x, const Linear& layer, const std::shared_ptr<const RowRanges>& learning);
// residual [R, out] + dense(x, layer), in one pass over the result.
at::Tensor denseOnto(const at::Tensor& residual, const at::Tensor& x, const Linear& layer);
// dense(x, layer) in fp32, whatever x is: logits, whose softmax wants more digits than bf16 has.
at::Tensor denseToFloat(const at::Tensor& x, const Linear& layer);

}  // namespace incipit
