#include "core/model/kernels/widened_gemm.h"

#include "core/model/kernels/register_tile.h"
#include "core/model/kernels/small_gemm.h"

#include <algorithm>
#include <type_traits>
#include <vector>

namespace incipit::kernels {
namespace {

constexpr std::int64_t depthAtOnce = 256;  // of the inner index: a multiple of every grain
constexpr std::int64_t rowsAtOnce = 512;   // of X, for which the sums of a tile are kept
// Between the rows of a block of X or S: a cache line more than the block is deep, so that they lie in different sets of the cache.
constexpr std::int64_t strideInBlock = depthAtOnce + 16;

// Scratch of this thread, grown and kept; aligned to cache lines.
float* scratch(int which, std::int64_t size) {
  static thread_local std::vector<float> kept[3];
  std::vector<float>& mine = kept[which];
  if (mine.size() < static_cast<std::size_t>(size + 16)) mine.resize(static_cast<std::size_t>(size + 16));
  const auto address = reinterpret_cast<std::uintptr_t>(mine.data());
  return mine.data() + (64 - address % 64) % 64 / sizeof(float);
}

// C[rows, Vectors * N] (+)= A[rows, depth] B[depth, Vectors * N] for the last rows, fewer than Most.
template <int N, int Vectors, Left Layout, bool Accumulate, int Most>
INCIPIT_INLINE void rest(const Product& o, std::int64_t rows, std::int64_t depth) {
  if constexpr (Most > 1) {
    if (rows == Most - 1) return tile<N, Most - 1, Vectors, Layout, Accumulate>(o, 0, depth);
    rest<N, Vectors, Layout, Accumulate, Most - 1>(o, rows, depth);
  }
}

// Rows of A that are multiplied at once: with two vectors of B and their sums they fill the registers.
template <int N>
constexpr std::int64_t groupOf = N == 16 ? 12 : 6;

// C[rows, Vectors * N] (+)= A[rows, depth] B[depth, Vectors * N]; A is `step` numbers further with every group of rows.
template <int N, int Vectors, Left Layout, bool Accumulate>
INCIPIT_INLINE void strip(Product o, std::int64_t step, std::int64_t rows, std::int64_t depth) {
  constexpr int most = static_cast<int>(groupOf<N>);
  std::int64_t i = 0;
  for (; i + most <= rows; i += most, o.a += step, o.c += most * o.ldc)
    tile<N, most, Vectors, Layout, Accumulate>(o, 0, depth);
  rest<N, Vectors, Layout, Accumulate, most>(o, rows - i, depth);
}

template <int N, Left Layout>
INCIPIT_INLINE void anyStrip(const Product& o, std::int64_t step, bool two, bool accumulate, std::int64_t rows, std::int64_t depth) {
  if (two)
    accumulate ? strip<N, 2, Layout, true>(o, step, rows, depth) : strip<N, 2, Layout, false>(o, step, rows, depth);
  else
    accumulate ? strip<N, 1, Layout, true>(o, step, rows, depth) : strip<N, 1, Layout, false>(o, step, rows, depth);
}

template <class T>
INCIPIT_INLINE void finish(const Epilogue<T>& to, std::int64_t row, std::int64_t first, std::int64_t columns, float* sums) {
  const std::int64_t start = row * to.width + first;
  if (to.bias != nullptr) {
#pragma omp simd
    for (std::int64_t j = 0; j < columns; ++j)
      sums[j] += to.bias[first + j];
  }
  if (to.residual != nullptr) {
#pragma omp simd
    for (std::int64_t j = 0; j < columns; ++j)
      sums[j] += toFloat(to.residual[start + j]);
  }
#pragma omp simd
  for (std::int64_t j = 0; j < columns; ++j)
    to.y[start + j] = fromFloat<T>(sums[j]);
}

template <class T>
INCIPIT_INLINE void widenInto(float* to, const T* from, std::int64_t width, std::int64_t paddedWidth) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j)
    to[j] = toFloat(from[j]);
  for (std::int64_t j = width; j < paddedWidth; ++j)
    to[j] = 0;
}

template <int N, class T>
INCIPIT_INLINE void panelsOf(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstPanel, std::int64_t lastPanel,
                             float* panels) {
  const std::int64_t stride = padded<N>(width);
  for (std::int64_t panel = firstPanel; panel < lastPanel; ++panel) {
    const std::int64_t first = panel * 2 * N, rows = std::min<std::int64_t>(2 * N, count - first), wide = padded<N>(rows);
    float* wideRows = scratch(0, 2 * N * stride);
    for (std::int64_t row = 0; row < rows; ++row)
      widenInto(wideRows + row * stride, x + (first + row) * width, width, stride);
    transpose<N>(wideRows, rows, width, stride, panels + first * width, wide);
  }
}

template <int N>
constexpr std::int64_t groupWidth = (groupOf<N> + N - 1) / N* N;
template <int N>
INCIPIT_INLINE std::int64_t groupsIn(std::int64_t rows) {
  return (rows + groupOf<N> - 1) / groupOf<N>;
}

// [blocks of columns][groups][columns of the block][rows of the group]: what the innermost loop reads lies one after the other.
template <int N, class T>
INCIPIT_INLINE void groupsOf(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstGroup, std::int64_t lastGroup,
                             float* groups) {
  for (std::int64_t k = 0; k < width; k += depthAtOnce)
    for (std::int64_t group = firstGroup; group < lastGroup; ++group) {
      const std::int64_t deep = std::min(depthAtOnce, width - k), first = group * groupOf<N>, rows = std::min(groupOf<N>, count - first);
      float* wideRows = scratch(0, groupOf<N> * strideInBlock);
      for (std::int64_t row = 0; row < rows; ++row)
        widenInto(wideRows + row * strideInBlock, x + (first + row) * width + k, deep, padded<N>(deep));
      transpose<N>(wideRows, rows, deep, strideInBlock, groups + (k * groupsIn<N>(count) + group * deep) * groupWidth<N>, groupWidth<N>);
    }
}

template <class T>
INCIPIT_INLINE void rowsInBlocks(const T* x, const Rows& shape, std::int64_t firstRow, std::int64_t lastRow, float* rows) {
  for (std::int64_t k = 0; k < shape.width; k += depthAtOnce)
    for (std::int64_t row = firstRow; row < lastRow; ++row) {
      const std::int64_t deep = std::min(depthAtOnce, shape.width - k);
      widenInto(rows + (k / depthAtOnce * shape.count + row) * strideInBlock, x + row * shape.width + k, deep, padded<16>(deep));
    }
}

constexpr std::int64_t fewRows = 4;

// sums[r * sumStride + i] += s_i . x_r for `Some` rows of S and all `Count` rows of X; `deep` is a multiple of N.
template <int N, int Some, int Count>
INCIPIT_INLINE void dots(const float* s, const float* x, std::int64_t strideOfX, std::int64_t deep, float* sums, std::int64_t sumStride) {
  Vector<N> sum[Some][Count];
#pragma GCC unroll 8
  for (int i = 0; i < Some; ++i)
#pragma GCC unroll 8
    for (int r = 0; r < Count; ++r)
      sum[i][r] = Vector<N>{};
  for (std::int64_t k = 0; k < deep; k += N) {
    Vector<N> right[Count];
#pragma GCC unroll 8
    for (int r = 0; r < Count; ++r)
      right[r] = load<N>(x + r * strideOfX + k);
#pragma GCC unroll 8
    for (int i = 0; i < Some; ++i) {
      const Vector<N> left = load<N>(s + i * strideInBlock + k);
#pragma GCC unroll 8
      for (int r = 0; r < Count; ++r)
        sum[i][r] += left * right[r];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Some; ++i)
#pragma GCC unroll 8
    for (int r = 0; r < Count; ++r)
      sums[r * sumStride + i] += kernels::sum<N>(sum[i][r]);
}

template <int N, int Count, class T>
INCIPIT_INLINE void fewOn(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, const Epilogue<T>& to) {
  constexpr int together = Count <= 2 ? 4 : 2;
  const std::int64_t depth = s.columns(), outs = last - first, stride = padded<N>(outs);
  float* tileOfS = scratch(0, outs * strideInBlock);
  float* sums = scratch(1, Count * stride);
  std::fill_n(sums, Count * stride, 0.0f);
  for (std::int64_t k = 0; k < depth; k += depthAtOnce) {
    const std::int64_t deep = std::min(depthAtOnce, depth - k), whole = padded<N>(deep);
    s.read(first, outs, k, deep, tileOfS, strideInBlock);
    for (std::int64_t i = 0; deep < whole && i < outs; ++i)
      std::fill_n(tileOfS + i * strideInBlock + deep, whole - deep, 0.0f);
    const float* x = rows.first + k / depthAtOnce * Count * strideInBlock;
    std::int64_t i = 0;
    for (; i + together <= outs; i += together)
      dots<N, together, Count>(tileOfS + i * strideInBlock, x, strideInBlock, whole, sums + i, stride);
    for (; i < outs; ++i)
      dots<N, 1, Count>(tileOfS + i * strideInBlock, x, strideInBlock, whole, sums + i, stride);
  }
  for (std::int64_t row = 0; row < Count; ++row)
    finish(to, row, first, outs, sums + row * stride);
}

// sums[r * sumStride + j] += x_r[k] * S[k, j] for the rows [first, last) of S, which lie one after the other in memory and are read so.
template <int N, int Count>
INCIPIT_INLINE void fewPlainOn(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, float* sums,
                               std::int64_t sumStride) {
  constexpr std::int64_t together = 8, wide = 512;
  float* tileOfS = scratch(0, together * wide);
  for (std::int64_t k = first; k < last; k += together) {
    const std::int64_t deep = std::min(together, last - k);
    float factors[Count][together] = {};
    for (int r = 0; r < Count; ++r)
      for (std::int64_t i = 0; i < deep; ++i)
        factors[r][i] = rows.first[((k + i) / depthAtOnce * Count + r) * strideInBlock + (k + i) % depthAtOnce];
    for (std::int64_t column = 0; column < s.columns(); column += wide) {
      const std::int64_t width = std::min(wide, s.columns() - column);
      s.read(k, deep, column, width, tileOfS, wide);
      for (std::int64_t i = deep; i < together; ++i)
        std::fill_n(tileOfS + i * wide, width, 0.0f);
      for (std::int64_t j = 0; j < width; j += N) {
        Vector<N> right[together];
#pragma GCC unroll 8
        for (int i = 0; i < together; ++i)
          right[i] = load<N>(tileOfS + i * wide + j);
#pragma GCC unroll 4
        for (int r = 0; r < Count; ++r) {
          float* to = sums + r * sumStride + column + j;
          Vector<N> sum = load<N>(to);
#pragma GCC unroll 8
          for (int i = 0; i < together; ++i)
            sum += factors[r][i] * right[i];
          store<N>(to, sum);
        }
      }
    }
  }
}

template <int N>
INCIPIT_INLINE void anyFewPlainOn(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, float* sums,
                                  std::int64_t sumStride) {
  switch (rows.count) {
  case 4:
    return fewPlainOn<N, 4>(s, rows, first, last, sums, sumStride);
  case 3:
    return fewPlainOn<N, 3>(s, rows, first, last, sums, sumStride);
  case 2:
    return fewPlainOn<N, 2>(s, rows, first, last, sums, sumStride);
  default:
    return fewPlainOn<N, 1>(s, rows, first, last, sums, sumStride);
  }
}

template <int N, class T>
INCIPIT_INLINE void anyFewOn(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, const Epilogue<T>& to) {
  switch (rows.count) {
  case 4:
    return fewOn<N, 4>(s, rows, first, last, to);
  case 3:
    return fewOn<N, 3>(s, rows, first, last, to);
  case 2:
    return fewOn<N, 2>(s, rows, first, last, to);
  default:
    return fewOn<N, 1>(s, rows, first, last, to);
  }
}

template <int N, class T>
INCIPIT_INLINE void transposedOn(const RowSource& s, const float* panels, std::int64_t count, std::int64_t first, std::int64_t last,
                                 const Epilogue<T>& to) {
  const std::int64_t depth = s.columns(), outs = last - first, stride = padded<N>(outs);
  float* tileOfS = scratch(0, outs * strideInBlock);
  for (std::int64_t block = 0; block < count; block += rowsAtOnce) {
    const std::int64_t rows = std::min(rowsAtOnce, count - block), sumStride = padded<N>(rows);
    float* sums = scratch(1, outs * sumStride);  // [outs, rows]: the result, turned
    for (std::int64_t k = 0; k < depth; k += depthAtOnce) {
      const std::int64_t deep = std::min(depthAtOnce, depth - k);
      s.read(first, outs, k, deep, tileOfS, strideInBlock);
      for (std::int64_t row = 0; row < rows; row += 2 * N) {
        const std::int64_t wide = padded<N>(std::min<std::int64_t>(2 * N, rows - row));
        const float* panel = panels + (block + row) * depth + k * wide;
        anyStrip<N, Left::Plain>({tileOfS, strideInBlock, panel, wide, sums + row, sumStride}, groupOf<N> * strideInBlock, wide == 2 * N,
                                 k > 0, outs, deep);
      }
    }
    float* turned = scratch(2, sumStride * stride);
    transpose<N>(sums, outs, rows, sumStride, turned, stride);
    for (std::int64_t row = 0; row < rows; ++row)
      finish(to, block + row, first, outs, turned + row * stride);
  }
}

template <int N, class T>
INCIPIT_INLINE void plainOn(const RowSource& s, const float* groups, std::int64_t all, std::int64_t firstRow, std::int64_t lastRow,
                            std::int64_t first, std::int64_t last, const Epilogue<T>& to) {
  const std::int64_t depth = s.rows(), outs = last - first, count = lastRow - firstRow;
  // One line more than the strips: rows of the tile then lie in different sets of the cache.
  const std::int64_t stride = padded<N>(outs) + 16;
  float* tileOfS = scratch(0, depthAtOnce * stride);
  float* sums = scratch(1, count * stride);
  for (std::int64_t k = 0; k < depth; k += depthAtOnce) {
    const std::int64_t deep = std::min(depthAtOnce, depth - k);
    s.read(k, deep, first, outs, tileOfS, stride);
    const float* x = groups + (k * groupsIn<N>(all) + firstRow / groupOf<N> * deep) * groupWidth<N>;
    for (std::int64_t j = 0; j < outs; j += 2 * N) {
      const bool two = padded<N>(outs) - j >= 2 * N;
      anyStrip<N, Left::Transposed>({x, groupWidth<N>, tileOfS + j, stride, sums + j, stride}, deep * groupWidth<N>, two, k > 0, count,
                                    deep);
    }
  }
  for (std::int64_t row = 0; row < count; ++row)
    finish(to, firstRow + row, first, outs, sums + row * stride);
}

}  // namespace

std::int64_t panelRows() {
  std::int64_t rows = 0;
  forThisProcessor([&](auto lanes) { rows = 2 * lanes(); });
  return rows;
}

std::int64_t roomForPanels(std::int64_t count, std::int64_t width) { return (count + panelRows()) * width; }
std::int64_t groupRows() {
  std::int64_t rows = 0;
  forThisProcessor([&](auto lanes) { rows = groupOf<lanes()>; });
  return rows;
}
std::int64_t roomForGroups(std::int64_t count, std::int64_t width) {
  std::int64_t room = 0;
  forThisProcessor([&](auto lanes) { room = (groupsIn<lanes()>(count) * width + 1) * groupWidth<lanes()>; });
  return room;
}
std::int64_t roomForRows(std::int64_t count, std::int64_t width) { return (width + depthAtOnce - 1) / depthAtOnce * count * strideInBlock; }

template <class T>
void makePanels(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstPanel, std::int64_t lastPanel, float* panels) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { panelsOf<lanes()>(x, count, width, firstPanel, lastPanel, panels); });
}
template <class T>
void makeGroups(const T* x, std::int64_t count, std::int64_t width, std::int64_t firstGroup, std::int64_t lastGroup, float* groups) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { groupsOf<lanes()>(x, count, width, firstGroup, lastGroup, groups); });
}
template <class T>
void timesTransposed(const RowSource& s, const float* panels, std::int64_t count, std::int64_t first, std::int64_t last,
                     const Epilogue<T>& to) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { transposedOn<lanes()>(s, panels, count, first, last, to); });
}
bool areFew(std::int64_t count) { return count <= fewRows; }
template <class T>
void fewTimesTransposed(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, const Epilogue<T>& to) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { anyFewOn<lanes()>(s, rows, first, last, to); });
}
std::int64_t strideOfSums(std::int64_t width) { return padded<16>(width); }
void addFewTimesPlain(const RowSource& s, const Rows& rows, std::int64_t first, std::int64_t last, float* sums) {
  forThisProcessor([&](auto lanes)
                       INCIPIT_INLINE_LAMBDA { anyFewPlainOn<lanes()>(s, rows, first, last, sums, strideOfSums(s.columns())); });
}
template <class T>
void finishFew(float* sums, std::int64_t parts, std::int64_t count, std::int64_t width, const Epilogue<T>& to) {
  const std::int64_t size = count * strideOfSums(width);
  for (std::int64_t part = 1; part < parts; ++part)
    for (std::int64_t i = 0; i < size; ++i)
      sums[i] += sums[part * size + i];
  for (std::int64_t row = 0; row < count; ++row)
    finish(to, row, 0, width, sums + row * strideOfSums(width));
}
template <class T>
void timesPlain(const RowSource& s, const float* groups, std::int64_t all, std::int64_t firstRow, std::int64_t lastRow, std::int64_t first,
                std::int64_t last, const Epilogue<T>& to) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { plainOn<lanes()>(s, groups, all, firstRow, lastRow, first, last, to); });
}
template <class T>
void makeRows(const T* x, const Rows& shape, std::int64_t firstRow, std::int64_t lastRow, float* rows) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { rowsInBlocks(x, shape, firstRow, lastRow, rows); });
}

#define INCIPIT_TYPES(T)                                                                                                                   \
  template void finishFew(float*, std::int64_t, std::int64_t, std::int64_t, const Epilogue<T>&);                                           \
  template void fewTimesTransposed(const RowSource&, const Rows&, std::int64_t, std::int64_t, const Epilogue<T>&);                         \
  template void makePanels(const T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*);                                      \
  template void makeGroups(const T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*);                                      \
  template void makeRows(const T*, const Rows&, std::int64_t, std::int64_t, float*);                                                       \
  template void timesTransposed(const RowSource&, const float*, std::int64_t, std::int64_t, std::int64_t, const Epilogue<T>&);             \
  template void timesPlain(const RowSource&, const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,           \
                           const Epilogue<T>&);
INCIPIT_TYPES(float)
INCIPIT_TYPES(Bf16)
#undef INCIPIT_TYPES

}  // namespace incipit::kernels
