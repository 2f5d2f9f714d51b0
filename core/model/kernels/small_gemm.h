// C[M,N] (+)= A[M,K] B[K,N] and transposition for the small matrices of one attention head: fp32, row-major, N a multiple of 16.
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

// How the left matrix lies in memory: A[M,K] row by row, or as its transpose, [K,M].
enum class Left { Plain, Transposed };

template <int Rows, int Vectors, Left Layout, bool Accumulate>
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
    for (int i = 0; i < Rows; ++i) {
      const float left = Layout == Left::Plain ? a[i * lda + p] : a[p * lda + i];
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j)
        sum[i][j] += left * row[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      store(c + i * ldc + j * lane, sum[i][j]);
}

// All rows of one strip of Vectors * 16 columns, six at a time, then what is left.
template <int Vectors, Left Layout, bool Accumulate>
INCIPIT_INLINE void gemmStrip(std::int64_t m, std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* c,
                              std::int64_t ldc) {
  const std::int64_t step = Layout == Left::Plain ? lda : 1;  // from one row of A to the next
  std::int64_t i = 0;
  for (; i + 6 <= m; i += 6)
    gemmTile<6, Vectors, Layout, Accumulate>(k, a + i * step, lda, b, ldb, c + i * ldc, ldc);
  a += i * step, c += i * ldc;
  switch (m - i) {
  case 5:
    return gemmTile<5, Vectors, Layout, Accumulate>(k, a, lda, b, ldb, c, ldc);
  case 4:
    return gemmTile<4, Vectors, Layout, Accumulate>(k, a, lda, b, ldb, c, ldc);
  case 3:
    return gemmTile<3, Vectors, Layout, Accumulate>(k, a, lda, b, ldb, c, ldc);
  case 2:
    return gemmTile<2, Vectors, Layout, Accumulate>(k, a, lda, b, ldb, c, ldc);
  case 1:
    return gemmTile<1, Vectors, Layout, Accumulate>(k, a, lda, b, ldb, c, ldc);
  default:
    return;
  }
}

template <Left Layout, bool Accumulate>
INCIPIT_INLINE void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                         float* c, std::int64_t ldc) {
  std::int64_t j = 0;
  for (; j + 2 * lane <= n; j += 2 * lane)
    gemmStrip<2, Layout, Accumulate>(m, k, a, lda, b + j, ldb, c + j, ldc);
  if (j < n) gemmStrip<1, Layout, Accumulate>(m, k, a, lda, b + j, ldb, c + j, ldc);
}

// One stage of the butterfly below: rows i and i + Distance exchange the lanes in which bit Distance of the number says so.
template <int Distance>
INCIPIT_INLINE void exchange(Vector* rows) {
  using Lanes [[gnu::vector_size(64)]] = std::int32_t;
  Lanes low, high;
  for (int l = 0; l < lane; ++l) {
    low[l] = (l & Distance) == 0 ? l : static_cast<int>(lane) + l - Distance;
    high[l] = (l & Distance) == 0 ? l + Distance : static_cast<int>(lane) + l;
  }
#pragma GCC unroll 16
  for (int i = 0; i < lane; ++i) {
    if ((i & Distance) != 0) continue;
    const Vector a = rows[i], b = rows[i + Distance];
    rows[i] = __builtin_shuffle(a, b, low);
    rows[i + Distance] = __builtin_shuffle(a, b, high);
  }
}

// a [rows, columns] (stride lda, readable to whole lanes of columns) -> b [columns, rows] (stride ldb), written to whole lanes of rows:
// zero beyond `rows`. Sixteen by sixteen numbers in registers: four stages of exchanges in place of 256 single moves.
INCIPIT_INLINE void transpose(const float* a, std::int64_t rows, std::int64_t columns, std::int64_t lda, float* b, std::int64_t ldb) {
  for (std::int64_t i = 0; i < rows; i += lane)
    for (std::int64_t j = 0; j < columns; j += lane) {
      Vector tile[lane];
#pragma GCC unroll 16
      for (int r = 0; r < lane; ++r)
        tile[r] = i + r < rows ? load(a + (i + r) * lda + j) : Vector{};
      exchange<8>(tile);
      exchange<4>(tile);
      exchange<2>(tile);
      exchange<1>(tile);
      const std::int64_t last = columns - j < lane ? columns - j : lane;
#pragma GCC unroll 16
      for (int r = 0; r < lane; ++r)
        if (r < last) store(b + (j + r) * ldb + i, tile[r]);
    }
}

}  // namespace incipit::kernels
