// N floats at a time, spelt out for the compiler: N is what one register of the processor holds (forThisProcessor in dispatch.h says how
// many). GCC breaks vectors wider than the processor's into single numbers, so a kernel written with vectors is a template of N.
#pragma once

#include "core/model/kernels/dispatch.h"

#include <cstdint>

namespace incipit::kernels {

template <int N>
struct VectorOf {
  typedef float Floats __attribute__((vector_size(N * sizeof(float))));
  typedef std::int32_t Lanes __attribute__((vector_size(N * sizeof(float))));
};
template <int N>
using Vector = typename VectorOf<N>::Floats;
template <int N>
using Lanes = typename VectorOf<N>::Lanes;

// Columns of scratch matrices are padded to whole vectors.
template <int N>
INCIPIT_INLINE std::int64_t padded(std::int64_t n) {
  return (n + N - 1) / N * N;
}

template <int N>
INCIPIT_INLINE Vector<N> load(const float* from) {
  Vector<N> vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
template <int N>
INCIPIT_INLINE void store(float* to, const Vector<N>& vector) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

// All bits of the lanes of which columns first, first + 1, ... lie in [from, end).
template <int N>
INCIPIT_INLINE Lanes<N> between(std::int64_t first, std::int64_t from, std::int64_t end) {
  alignas(64) static constexpr std::int32_t table[48] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,   //
                                                         -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                                                         0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0};
  const auto within = [](std::int64_t lanes) { return lanes < 0 ? 0 : lanes > N ? N : lanes; };
  Lanes<N> fromOn, toEnd;
  __builtin_memcpy(&fromOn, table + 16 - within(from - first), sizeof fromOn);
  __builtin_memcpy(&toEnd, table + 32 - within(end - first), sizeof toEnd);
  return fromOn & toEnd;
}
template <int N>
INCIPIT_INLINE Vector<N> only(const Lanes<N>& mask, const Vector<N>& vector) {
  return reinterpret_cast<Vector<N>>(reinterpret_cast<Lanes<N>>(vector) & mask);
}
template <int N>
INCIPIT_INLINE Vector<N> choose(const Lanes<N>& mask, const Vector<N>& inside, const Vector<N>& outside) {
  return reinterpret_cast<Vector<N>>((reinterpret_cast<Lanes<N>>(inside) & mask) | (reinterpret_cast<Lanes<N>>(outside) & ~mask));
}

template <int N>
INCIPIT_INLINE Vector<N> larger(const Vector<N>& a, const Vector<N>& b) {
  return a > b ? a : b;
}

// Lane i of what it shuffles to is lane i ^ Distance.
template <int N, int Distance>
INCIPIT_INLINE Lanes<N> crossing() {
  Lanes<N> lanes;
  for (int i = 0; i < N; ++i)
    lanes[i] = i ^ Distance;
  return lanes;
}

// The sum, or the largest, of all lanes: each step adds every lane to the one whose number differs in one bit.
template <int N>
INCIPIT_INLINE float sum(Vector<N> vector) {
  if constexpr (N > 8) vector += __builtin_shuffle(vector, crossing<N, 8>());
  if constexpr (N > 4) vector += __builtin_shuffle(vector, crossing<N, 4>());
  vector += __builtin_shuffle(vector, crossing<N, 2>());
  vector += __builtin_shuffle(vector, crossing<N, 1>());
  return vector[0];
}
template <int N>
INCIPIT_INLINE float largest(Vector<N> vector) {
  if constexpr (N > 8) vector = larger<N>(vector, __builtin_shuffle(vector, crossing<N, 8>()));
  if constexpr (N > 4) vector = larger<N>(vector, __builtin_shuffle(vector, crossing<N, 4>()));
  vector = larger<N>(vector, __builtin_shuffle(vector, crossing<N, 2>()));
  vector = larger<N>(vector, __builtin_shuffle(vector, crossing<N, 1>()));
  return vector[0];
}

}  // namespace incipit::kernels
