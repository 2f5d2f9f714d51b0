#include "core/model/weights/bf16_rows.h"

#include "core/model/kernels/numbers.h"

namespace incipit {
namespace {

INCIPIT_INLINE void widen(const kernels::Bf16* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to,
                          std::int64_t strideTo) {
  for (std::int64_t row = 0; row < rows; ++row, from += stride, to += strideTo) {
#pragma omp simd
    for (std::int64_t j = 0; j < width; ++j)
      to[j] = kernels::toFloat(from[j]);
  }
}

}  // namespace

Bf16Rows::Bf16Rows(const void* bits, std::int64_t rows, std::int64_t columns, std::int64_t stride)
    : RowSource(rows, columns, 1), m_bits(bits), m_stride(stride) {}

void Bf16Rows::read(std::int64_t row, std::int64_t count, std::int64_t column, std::int64_t width, float* to, std::int64_t stride) const {
  const auto* from = static_cast<const kernels::Bf16*>(m_bits) + row * m_stride + column;
  kernels::forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { widen(from, m_stride, count, width, to, stride); });
}

}  // namespace incipit
