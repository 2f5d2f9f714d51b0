// The weight of a linear layer in the blocked layouts of oneDNN's matrix products, one for each direction, each made when it is first
// needed and kept. Reordering once costs as much as reading the weight; every product after it runs at the processor's own limit
// (core/README.md, "Where the time of a step goes"). Processor only; fp32, and bf16 where the processor multiplies that (widened_weight.h
// where not).
#pragma once

#include <ATen/core/Tensor.h>
#include <memory>
#include <mutex>

namespace incipit {

class PackedWeight {
 public:
  // weight: [in, out], any strides, any floating type; bias [out] or undefined.
  PackedWeight(at::Tensor weight, at::Tensor bias);
  ~PackedWeight();
  PackedWeight(const PackedWeight&) = delete;
  PackedWeight& operator=(const PackedWeight&) = delete;

  // x [R, in], contiguous -> x W^T + b (+ residual [R, out], contiguous) as `type`, fp32 or bf16.
  // `keep`: reorder the weight if that has not been done; a single small product is faster without.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type, bool keep);
  // gradient [R, out], contiguous -> gradient W [R, in] of the same type.
  at::Tensor backward(const at::Tensor& gradient, bool keep);

  static void forgetAll();  // packing.h

 private:
  struct Direction;
  at::Tensor plainCopy(at::ScalarType type);  // [in, out]

  at::Tensor m_weight;  // [in, out], a view with whatever strides
  at::Tensor m_bias;
  at::Tensor m_copy;  // of a large weight in another type than it is stored in
  std::mutex m_copying;
  std::unique_ptr<Direction> m_forward, m_backward;
};

}  // namespace incipit
