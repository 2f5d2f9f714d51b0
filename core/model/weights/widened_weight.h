// The weight of a linear layer in bf16 on a processor that does not multiply bf16: kept as it is stored, widened to fp32 a tile at a time
// while it is multiplied (kernels/widened_gemm.h), in both directions. Nothing is packed, so it costs memory once, at two bytes a number:
// nothing where the file has bf16, one copy where it has another type.
#pragma once

#include "core/model/weights/row_source.h"

#include <ATen/core/Tensor.h>
#include <memory>
#include <mutex>

namespace incipit {

class WidenedWeight {
 public:
  // weight: [in, out], any strides, any floating type; bias [out] of the type of x, or undefined.
  WidenedWeight(at::Tensor weight, at::Tensor bias);

  // x [R, in], contiguous -> x W^T + b (+ residual [R, out], contiguous) as `type`, fp32 or bf16; bias and residual of that type.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type);
  // gradient [R, out], contiguous -> gradient W [R, in] of the same type.
  at::Tensor backward(const at::Tensor& gradient);

 private:
  const RowSource& source();  // made when first asked for

  at::Tensor m_weight;   // [in, out]
  at::Tensor m_bias;     // fp32 once there is a source
  bool m_rowsAreInputs;  // a row of the source belongs to an input, not to an output
  at::Tensor m_kept;     // what the source reads
  std::unique_ptr<const RowSource> m_source;
  std::once_flag m_once;
};

}  // namespace incipit
