// C[M,N] (+)= A[M,K] B[K,N] for the small matrices of one attention head: everything fp32, row-major, N a multiple of 16.
// Library calls lose their time on the way in at these sizes (tens of rows); this is four rows by two vectors of registers.
#pragma once

#include "core/model/kernels/dispatch.h"

#include <cstdint>

namespace incipit::kernels {

inline constexpr std::int64_t lane = 16;  // columns are padded to this
INCIPIT_INLINE std::int64_t padded(std::int64_t n) { return (n + lane - 1) / lane * lane; }

template <int Rows, int Columns, bool Accumulate>
INCIPIT_INLINE void gemmTile(std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* c,
                             std::int64_t ldc) {
  float sum[Rows][Columns];
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j)
      sum[i][j] = Accumulate ? c[i * ldc + j] : 0.0f;
  for (std::int64_t p = 0; p < k; ++p) {
    const float* row = b + p * ldb;
    for (int i = 0; i < Rows; ++i) {
      const float factor = a[i * lda + p];
#pragma GCC unroll 32
      for (int j = 0; j < Columns; ++j)
        sum[i][j] += factor * row[j];
    }
  }
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j)
      c[i * ldc + j] = sum[i][j];
}

template <bool Accumulate>
INCIPIT_INLINE void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                         float* c, std::int64_t ldc) {
  for (std::int64_t j = 0; j < n;) {
    const bool wide = n - j >= 2 * lane;
    std::int64_t i = 0;
    if (wide) {
      for (; i + 4 <= m; i += 4)
        gemmTile<4, 2 * lane, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
      for (; i < m; ++i)
        gemmTile<1, 2 * lane, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
    } else {
      for (; i + 4 <= m; i += 4)
        gemmTile<4, lane, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
      for (; i < m; ++i)
        gemmTile<1, lane, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
    }
    j += wide ? 2 * lane : lane;
  }
}

}  // namespace incipit::kernels
