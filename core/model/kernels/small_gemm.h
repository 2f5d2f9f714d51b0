// C[M,N] (+)= A[M,K] B[K,N] for the small matrices of one attention head: everything fp32, row-major, N a multiple of 16.
// Library calls lose their time on the way in at these sizes (tens of rows); this keeps a tile of six rows by two vectors in registers.
#pragma once

#include "core/model/kernels/dispatch.h"

#include <cstdint>

namespace incipit::kernels {

inline constexpr std::int64_t lane = 16;  // columns are padded to this
INCIPIT_INLINE std::int64_t padded(std::int64_t n) { return (n + lane - 1) / lane * lane; }

// Sixteen floats; the compiler makes it one AVX-512 register, two of AVX2, four of SSE.
using Vector [[gnu::vector_size(64)]] = float;

INCIPIT_INLINE Vector load(const float* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
INCIPIT_INLINE void store(float* to, const Vector& vector) { __builtin_memcpy(to, &vector, sizeof vector); }

template <int Rows, int Vectors, bool Accumulate>
INCIPIT_INLINE void gemmTile(std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* c,
                             std::int64_t ldc) {
  Vector sum[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      sum[i][j] = Accumulate ? load(c + i * ldc + j * lane) : Vector{};
  for (std::int64_t p = 0; p < k; ++p) {
    Vector row[Vectors];
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      row[j] = load(b + p * ldb + j * lane);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j)
        sum[i][j] += a[i * lda + p] * row[j];
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      store(c + i * ldc + j * lane, sum[i][j]);
}

template <bool Accumulate>
INCIPIT_INLINE void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                         float* c, std::int64_t ldc) {
  for (std::int64_t j = 0; j < n;) {
    const bool wide = n - j >= 2 * lane;
    std::int64_t i = 0;
    if (wide) {
      for (; i + 6 <= m; i += 6)
        gemmTile<6, 2, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
      for (; i < m; ++i)
        gemmTile<1, 2, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
    } else {
      for (; i + 6 <= m; i += 6)
        gemmTile<6, 1, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
      for (; i < m; ++i)
        gemmTile<1, 1, Accumulate>(k, a + i * lda, lda, b + j, ldb, c + i * ldc + j, ldc);
    }
    j += wide ? 2 * lane : lane;
  }
}

}  // namespace incipit::kernels
