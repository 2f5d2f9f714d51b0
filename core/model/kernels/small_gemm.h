// The three matrix products of causal attention, and transposition, for the small matrices of one head: fp32, row-major. Library calls
// lose their time on the way in at these sizes (tens of rows), and compute what causality leaves out; these keep a tile of six rows by two
// vectors in registers and go no further than the stairs.
#pragma once

#include "core/model/kernels/register_tile.h"

namespace incipit::kernels {

// The shape of the scores of a block of queries: row i is needed in columns [begin, visible[i]). Columns before `begin` are not looked at;
// those from visible[i] up to padded<N>(end) hold zeros where the matrix is a factor, and anything where it is a result.
struct Stairs {
  const std::int64_t* visible;  // [rows], ascending
  std::int64_t rows;
  std::int64_t begin;  // a multiple of N
  std::int64_t end;    // visible[rows - 1]
};

// C[i, j] = A[i, :] B[:, j] on the stairs. A [rows, depth], B [depth, padded<N>(end)].
template <int N>
void stairsOf(const Stairs& stairs, std::int64_t depth, const Product& product);
// C = A B, A the stairs. B [end, width], C [rows, width]; width a multiple of N.
template <int N>
void stairsTimes(const Stairs& stairs, std::int64_t width, const Product& product);
// C += A^T B for the columns [first, last) of A, the stairs. B [rows, width], C [last - first, width].
template <int N>
void addTransposedStairsTimes(const Stairs& stairs, std::int64_t first, std::int64_t last, std::int64_t width, const Product& product);

// a [rows, columns] (stride lda, readable to whole vectors of columns) -> b [columns, rows] (stride ldb), written to whole vectors of rows:
// zero beyond `rows`.
template <int N>
void transpose(const float* a, std::int64_t rows, std::int64_t columns, std::int64_t lda, float* b, std::int64_t ldb);

}  // namespace incipit::kernels
