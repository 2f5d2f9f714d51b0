// The weight of a frozen linear layer, multiplied the fastest way that the processor has for the type of what it is multiplied with.
#pragma once

#include <ATen/core/Tensor.h>
#include <memory>

namespace incipit {

class PackedWeight;
class WidenedWeight;

class FrozenWeight {
 public:
  // weight: two dimensions, any strides, any floating type: [out, in], or [in, out] where `transposed`; bias [out] or undefined. Nothing is
  // read or copied yet.
  FrozenWeight(at::Tensor weight, at::Tensor bias, bool transposed);
  ~FrozenWeight();

  // x [R, in], contiguous, fp32 or bf16 -> x W^T + b (+ residual [R, out], contiguous) as `type`, fp32 or bf16.
  // `keep`: make what speeds up further products if that has not been done; a single small product may be faster without.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type, bool keep);
  // gradient [R, out], contiguous -> gradient W [R, in] of the same type.
  at::Tensor backward(const at::Tensor& gradient, bool keep);

 private:
  std::unique_ptr<PackedWeight> m_packed;
  std::unique_ptr<WidenedWeight> m_widened;
};

}  // namespace incipit
