// The two products of a frozen linear layer with a matrix S [rows, columns] that is not stored in fp32: tile after tile of S is widened
// into the cache (RowSource), multiplied there with the rows of X by small products in registers, and forgotten. All sums are fp32, and
// every number of the result is summed in the same order whatever the threads.
//
// The widened tile is still in the second-level cache, [tileRows, depth] or [depth, tileColumns]; panels of X, or strips of the
// tile, of two vectors width go through the first-level cache (the scheme of Goto and van de Geijn 2008, with the packing of one factor
// replaced by its widening).
#pragma once

#include "core/model/kernels/numbers.h"
#include "core/model/weights/row_source.h"

#include <cstdint>

namespace incipit::kernels {

// How results leave: sum + bias[j] + residual[i, j], rounded once to T, at y[i * width + j]. bias and residual may be null.
template <class T>
struct Epilogue {
  T* y;
  std::int64_t width;  // columns of y and residual
  const float* bias;
  const T* residual;
};

// X [count, width] as the products want it: fp32, padded, and in the order in which it is read. The work is shared out by panels, groups
// or rows; each make... writes its part of a room of so many numbers.
std::int64_t panelRows();  // of X that a panel has on this processor
std::int64_t roomForPanels(std::int64_t count, std::int64_t width);
template <class T>
void makePanels(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstPanel, std::int64_t lastPanel, float* panels);

std::int64_t groupRows();  // the same of a group
std::int64_t roomForGroups(std::int64_t count, std::int64_t width);
template <class T>
void makeGroups(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstGroup, std::int64_t lastGroup, float* groups);

struct Rows {
  const float* first;
  std::int64_t count, width;
};
std::int64_t roomForRows(std::int64_t count, std::int64_t width);
template <class T>
void makeRows(const T* x, const Rows& shape, std::int64_t firstRow, std::int64_t lastRow, float* rows);

// Y [count, S.rows] = X S^T: the columns [first, last) of Y, for all rows of X.
template <class T>
void timesTransposed(const RowSource& s, const float* panels, std::int64_t count, std::int64_t first, std::int64_t last,
                     const Epilogue<T>& to);
// The same for so few rows of X (areFew) that panels would be mostly empty: rows of S times rows of X.
bool areFew(std::int64_t count);
template <class T>
void fewTimesTransposed(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, const Epilogue<T>& to);
// Y [count, S.columns] = X S: the columns [first, last) of Y for the rows [firstRow, lastRow) of X; firstRow the first of a group.
template <class T>
void timesPlain(const RowSource& s, const float* groups, std::int64_t count, std::int64_t firstRow, std::int64_t lastRow,
                std::int64_t first, std::int64_t last, const Epilogue<T>& to);

// The same for few rows of X, in parts: the rows [first, last) of S, read in the order in which they lie in memory, add to the part's own
// `sums` [count, strideOfSums], which start as zeros; finishFew adds up the parts, one behind the other, in their order.
std::int64_t strideOfSums(std::int64_t width);
void addFewTimesPlain(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, float* sums);
template <class T>
void finishFew(float* sums, std::int64_t parts, std::int64_t count, std::int64_t width, const Epilogue<T>& to);

}  // namespace incipit::kernels
