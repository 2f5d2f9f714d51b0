#include "core/model/kernels/small_gemm.h"

#include <type_traits>

namespace incipit::kernels {
namespace {

constexpr std::int64_t tileRows = 6;

// Rows [i, m) of one strip of Vectors * N columns, six at a time, then what is left. The tile of rows [i, i + count) runs over the inner
// indices [from(i), to(i + count - 1)).
template <int N, int Vectors, Left Layout, bool Accumulate, class From, class To>
INCIPIT_INLINE void strip(Product o, std::int64_t i, std::int64_t m, const From& from, const To& to) {
  const std::int64_t step = Layout == Left::Plain ? o.lda : 1;  // from one row of A to the next
  o.a += i * step, o.c += i * o.ldc;
  for (; i + tileRows <= m; i += tileRows, o.a += tileRows * step, o.c += tileRows * o.ldc)
    tile<N, tileRows, Vectors, Layout, Accumulate>(o, from(i), to(i + tileRows - 1));
  switch (m - i) {
  case 5:
    return tile<N, 5, Vectors, Layout, Accumulate>(o, from(i), to(m - 1));
  case 4:
    return tile<N, 4, Vectors, Layout, Accumulate>(o, from(i), to(m - 1));
  case 3:
    return tile<N, 3, Vectors, Layout, Accumulate>(o, from(i), to(m - 1));
  case 2:
    return tile<N, 2, Vectors, Layout, Accumulate>(o, from(i), to(m - 1));
  case 1:
    return tile<N, 1, Vectors, Layout, Accumulate>(o, from(i), to(m - 1));
  default:
    return;
  }
}

// Calls visit(column, number of vectors) for strips of two vectors, and for a last one of one.
template <int N, class Visit>
INCIPIT_INLINE void inStrips(std::int64_t first, std::int64_t last, const Visit& visit) {
  for (; first + 2 * N <= last; first += 2 * N)
    visit(first, std::integral_constant<int, 2>());
  if (first < last) visit(first, std::integral_constant<int, 1>());
}

template <int N>
INCIPIT_INLINE void onStairs(const Stairs& stairs, std::int64_t depth, const Product& p) {
  std::int64_t i = 0;
  inStrips<N>(stairs.begin, padded<N>(stairs.end), [&](std::int64_t j, auto vectors) INCIPIT_INLINE_LAMBDA {
    while (stairs.visible[i] <= j)  // rows that end before the strip
      ++i;
    const auto from = [](std::int64_t) INCIPIT_INLINE_LAMBDA { return std::int64_t{0}; };
    const auto to = [depth](std::int64_t) INCIPIT_INLINE_LAMBDA { return depth; };
    strip<N, vectors(), Left::Plain, false>({p.a, p.lda, p.b + j, p.ldb, p.c + j, p.ldc}, i, stairs.rows, from, to);
  });
}

template <int N>
INCIPIT_INLINE void times(const Stairs& stairs, std::int64_t width, const Product& p) {
  inStrips<N>(0, width, [&](std::int64_t j, auto vectors) INCIPIT_INLINE_LAMBDA {
    const auto from = [&](std::int64_t) INCIPIT_INLINE_LAMBDA { return stairs.begin; };
    const auto to = [&](std::int64_t row) INCIPIT_INLINE_LAMBDA { return stairs.visible[row]; };
    strip<N, vectors(), Left::Plain, false>({p.a, p.lda, p.b + j, p.ldb, p.c + j, p.ldc}, 0, stairs.rows, from, to);
  });
}

template <int N>
INCIPIT_INLINE void addTransposedTimes(const Stairs& stairs, std::int64_t first, std::int64_t last, std::int64_t width, const Product& p) {
  inStrips<N>(0, width, [&](std::int64_t j, auto vectors) INCIPIT_INLINE_LAMBDA {
    std::int64_t row = 0;
    const auto from = [&](std::int64_t column) INCIPIT_INLINE_LAMBDA {  // the first row that reaches it: columns come ascending
      while (row < stairs.rows && stairs.visible[row] <= first + column)
        ++row;
      return row;
    };
    const auto to = [&](std::int64_t) INCIPIT_INLINE_LAMBDA { return stairs.rows; };
    strip<N, vectors(), Left::Transposed, true>({p.a + first, p.lda, p.b + j, p.ldb, p.c + j, p.ldc}, 0, last - first, from, to);
  });
}

// One stage of the butterfly below: rows i and i + Distance exchange the lanes in which bit Distance of the number says so.
template <int N, int Distance>
INCIPIT_INLINE void exchange(Vector<N>* rows) {
  if constexpr (Distance < N) {
    Lanes<N> low, high;
    for (int l = 0; l < N; ++l) {
      low[l] = (l & Distance) == 0 ? l : N + l - Distance;
      high[l] = (l & Distance) == 0 ? l + Distance : N + l;
    }
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) {
      if ((i & Distance) != 0) continue;
      const Vector<N> a = rows[i], b = rows[i + Distance];
      rows[i] = __builtin_shuffle(a, b, low);
      rows[i + Distance] = __builtin_shuffle(a, b, high);
    }
  }
}

// N by N numbers in registers: log2 N stages of exchanges in place of N^2 single moves.
template <int N>
INCIPIT_INLINE void turn(const float* a, std::int64_t rows, std::int64_t columns, std::int64_t lda, float* b, std::int64_t ldb) {
  for (std::int64_t i = 0; i < rows; i += N)
    for (std::int64_t j = 0; j < columns; j += N) {
      Vector<N> square[N];
#pragma GCC unroll 16
      for (int r = 0; r < N; ++r)
        square[r] = i + r < rows ? load<N>(a + (i + r) * lda + j) : Vector<N>{};
      exchange<N, 8>(square);
      exchange<N, 4>(square);
      exchange<N, 2>(square);
      exchange<N, 1>(square);
      const std::int64_t last = columns - j < N ? columns - j : N;
#pragma GCC unroll 16
      for (int r = 0; r < N; ++r)
        if (r < last) store<N>(b + (j + r) * ldb + i, square[r]);
    }
}

}  // namespace

#define INCIPIT_INSTANCES(TARGET, N)                                                                                                       \
  template <>                                                                                                                              \
  TARGET void stairsOf<N>(const Stairs& stairs, std::int64_t depth, const Product& product) {                                              \
    onStairs<N>(stairs, depth, product);                                                                                                   \
  }                                                                                                                                        \
  template <>                                                                                                                              \
  TARGET void stairsTimes<N>(const Stairs& stairs, std::int64_t width, const Product& product) {                                           \
    times<N>(stairs, width, product);                                                                                                      \
  }                                                                                                                                        \
  template <>                                                                                                                              \
  TARGET void addTransposedStairsTimes<N>(const Stairs& stairs, std::int64_t first, std::int64_t last, std::int64_t width,                 \
                                          const Product& product) {                                                                        \
    addTransposedTimes<N>(stairs, first, last, width, product);                                                                            \
  }                                                                                                                                        \
  template <>                                                                                                                              \
  TARGET void transpose<N>(const float* a, std::int64_t rows, std::int64_t columns, std::int64_t lda, float* b, std::int64_t ldb) {        \
    turn<N>(a, rows, columns, lda, b, ldb);                                                                                                \
  }
INCIPIT_INSTANCES(INCIPIT_AVX512, 16)
INCIPIT_INSTANCES(INCIPIT_AVX2, 8)
INCIPIT_INSTANCES(, 4)
#undef INCIPIT_INSTANCES

}  // namespace incipit::kernels
