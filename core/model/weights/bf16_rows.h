// Rows of a matrix in bf16: where bf16 becomes fp32 when the processor does not multiply it.
#pragma once

#include "core/model/weights/row_source.h"

namespace incipit {

class Bf16Rows final : public RowSource {
 public:
  // `bits` are the upper halves of fp32 numbers, `stride` of them from a row to the next. They have to outlive this.
  Bf16Rows(const void* bits, std::int64_t rows, std::int64_t columns, std::int64_t stride);
  void read(std::int64_t row, std::int64_t count, std::int64_t column, std::int64_t width, float* to, std::int64_t stride) const override;

 private:
  const void* m_bits;
  std::int64_t m_stride;
};

}  // namespace incipit
