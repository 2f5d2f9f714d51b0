// Kernels that go through a matrix row by row: RMS norm, layer norm and rotary positions, both ways. T: float or Bf16.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>

namespace incipit::kernels {

// RMS norm (Zhang and Sennrich 2019): y = x / sqrt(mean(x^2) + epsilon) * weight, statistics in fp32.
// Rows [first, last) of x and y [rows, width]; inverse[row] keeps 1 / sqrt(...) for the backward pass, where `beside` [rows, width], if not
// null, is added to gradX: the gradient of what bypassed the norm.
template <class T>
struct RmsNorm {
  const T* x;
  const T* weight;
  std::int64_t width;
  float epsilon;
};
template <class T>
void rmsNormForward(const RmsNorm<T>& norm, T* y, float* inverse, std::int64_t first, std::int64_t last);
template <class T>
void rmsNormBackward(const RmsNorm<T>& norm, const float* inverse, const T* gradY, const T* beside, T* gradX, std::int64_t first,
                     std::int64_t last);

// Layer norm (Ba et al. 2016): y = (x - mean) * inverse * weight + bias with inverse = 1 / sqrt(variance + epsilon), statistics in fp32.
// statistics [rows, 2] keeps mean and inverse for the backward pass; bias and `beside` may be null.
template <class T>
struct LayerNorm {
  const T* x;
  const T* weight;
  const T* bias;
  std::int64_t width;
  float epsilon;
};
template <class T>
void layerNormForward(const LayerNorm<T>& norm, T* y, float* statistics, std::int64_t first, std::int64_t last);
template <class T>
void layerNormBackward(const LayerNorm<T>& norm, const float* statistics, const T* gradY, const T* beside, T* gradX, std::int64_t first,
                       std::int64_t last);

// Rotary positions (Su et al. 2021): pairs of a head's numbers turn by an angle. `stride` is the distance between the two of a pair, `step`
// that between pairs: rotated / 2 and 1 where the first half turns against the second, 1 and 2 where neighbours turn (GPT-J).
// x and y [rows, heads * size]; cosine and sine [positions, rotated / 2]; numbers of a head beyond `rotated` pass unchanged.
// direction +1 turns, -1 turns back (the gradient).
struct Rotation {
  const float* cosine;
  const float* sine;
  const std::int64_t* positions;  // [rows]
  std::int64_t heads, size, rotated;
  std::int64_t stride, step;
  float direction;
};
template <class T>
void rotate(const Rotation& rotation, const T* x, std::int64_t strideX, T* y, std::int64_t first, std::int64_t last);

}  // namespace incipit::kernels
