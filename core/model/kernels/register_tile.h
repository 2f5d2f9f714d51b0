// The innermost part of our own matrix products: a tile of the result that stays in registers while the inner index runs.
#pragma once

#include "core/model/kernels/vector.h"

namespace incipit::kernels {

// Row-major matrices: element (i, j) of A at a[i * lda + j].
struct Product {
  const float* a;
  std::int64_t lda;
  const float* b;
  std::int64_t ldb;
  float* c;
  std::int64_t ldc;
};

// How the left matrix lies in memory: A[M,K] row by row, or as its transpose, [K,M].
enum class Left { Plain, Transposed };

// C[Rows, Vectors * N] (+)= A B over the inner indices [first, last).
template <int N, int Rows, int Vectors, Left Layout, bool Accumulate>
INCIPIT_INLINE void tile(const Product& o, std::int64_t first, std::int64_t last) {
  Vector<N> sum[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      sum[i][j] = Accumulate ? load<N>(o.c + i * o.ldc + j * N) : Vector<N>{};
  for (std::int64_t p = first; p < last; ++p) {
    Vector<N> row[Vectors];
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      row[j] = load<N>(o.b + p * o.ldb + j * N);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const float left = Layout == Left::Plain ? o.a[i * o.lda + p] : o.a[p * o.lda + i];
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j)
        sum[i][j] += left * row[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j)
      store<N>(o.c + i * o.ldc + j * N, sum[i][j]);
}

}  // namespace incipit::kernels
