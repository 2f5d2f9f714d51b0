// Kernels that go through a matrix row by row: RMS norm, layer norm and rotary positions, both ways.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>

namespace incipit::kernels {

// RMS norm (Zhang and Sennrich 2019): y = x / sqrt(mean(x^2) + epsilon) * weight, statistics in fp32.
// Rows [first, last) of x and y [rows, width]; inverse[row] keeps 1 / sqrt(...) for the way back. There `beside` [rows, width], where it is
// not null, is added to gradX: the gradient of what went past the norm.
template <class T>
struct RmsNorm {
  const T* x;
  const T* weight;
  std::int64_t width;
  float epsilon;
};
void rmsNormForward(const RmsNorm<float>& norm, float* y, float* inverse, std::int64_t first, std::int64_t last);
void rmsNormForward(const RmsNorm<Bf16>& norm, Bf16* y, float* inverse, std::int64_t first, std::int64_t last);
void rmsNormBackward(const RmsNorm<float>& norm, const float* inverse, const float* gradY, const float* beside, float* gradX,
                     std::int64_t first, std::int64_t last);
void rmsNormBackward(const RmsNorm<Bf16>& norm, const float* inverse, const Bf16* gradY, const Bf16* beside, Bf16* gradX,
                     std::int64_t first, std::int64_t last);

// Layer norm (Ba et al. 2016): y = (x - mean) * inverse * weight + bias with inverse = 1 / sqrt(variance + epsilon), statistics in fp32.
// statistics [rows, 2] keeps mean and inverse for the way back; bias may be null, `beside` too.
template <class T>
struct LayerNorm {
  const T* x;
  const T* weight;
  const T* bias;
  std::int64_t width;
  float epsilon;
};
void layerNormForward(const LayerNorm<float>& norm, float* y, float* statistics, std::int64_t first, std::int64_t last);
void layerNormForward(const LayerNorm<Bf16>& norm, Bf16* y, float* statistics, std::int64_t first, std::int64_t last);
void layerNormBackward(const LayerNorm<float>& norm, const float* statistics, const float* gradY, const float* beside, float* gradX,
                       std::int64_t first, std::int64_t last);
void layerNormBackward(const LayerNorm<Bf16>& norm, const float* statistics, const Bf16* gradY, const Bf16* beside, Bf16* gradX,
                       std::int64_t first, std::int64_t last);

// Rotary positions (Su et al. 2021): pairs of a head's numbers turn by an angle. `stride` is the way between the two of a pair, `step`
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
void rotate(const Rotation& rotation, const float* x, std::int64_t strideX, float* y, std::int64_t first, std::int64_t last);
void rotate(const Rotation& rotation, const Bf16* x, std::int64_t strideX, Bf16* y, std::int64_t first, std::int64_t last);

}  // namespace incipit::kernels
