#include "core/model/kernels/row_kernels.h"

#include <cmath>

namespace incipit::kernels {
namespace {

template <class T>
INCIPIT_INLINE void normForward(const RmsNorm<T>& norm, T* y, float* inverse, std::int64_t first, std::int64_t last) {
  for (std::int64_t row = first; row < last; ++row) {
    const T* x = norm.x + row * norm.width;
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t j = 0; j < norm.width; ++j)
      squares += toFloat(x[j]) * toFloat(x[j]);
    const float factor = 1 / std::sqrt(squares / static_cast<float>(norm.width) + norm.epsilon);
    inverse[row] = factor;
    for (std::int64_t j = 0; j < norm.width; ++j)
      y[row * norm.width + j] = fromFloat<T>(toFloat(x[j]) * factor * toFloat(norm.weight[j]));
  }
}

// to[j] = gradient(j), plus beside[j] where that is not null.
template <class T, class Gradient>
INCIPIT_INLINE void storeGradient(T* to, const T* beside, std::int64_t width, const Gradient& gradient) {
  if (beside != nullptr) {
#pragma omp simd
    for (std::int64_t j = 0; j < width; ++j)
      to[j] = fromFloat<T>(gradient(j) + toFloat(beside[j]));
  } else {
#pragma omp simd
    for (std::int64_t j = 0; j < width; ++j)
      to[j] = fromFloat<T>(gradient(j));
  }
}
template <class T>
INCIPIT_INLINE const T* rowOf(const T* matrix, std::int64_t row, std::int64_t width) {
  return matrix == nullptr ? nullptr : matrix + row * width;
}

// With x^ = x * inverse and g = gradY * weight: gradX = inverse * (g - x^ * mean(g * x^)).
template <class T>
INCIPIT_INLINE void normBackward(const RmsNorm<T>& norm, const float* inverse, const T* gradY, const T* beside, T* gradX,
                                 std::int64_t first, std::int64_t last) {
  const T* weight = norm.weight;  // read through `norm` in a loop that sums, it keeps GCC from vectors
  for (std::int64_t row = first; row < last; ++row) {
    const T* x = norm.x + row * norm.width;
    const T* g = gradY + row * norm.width;
    const float factor = inverse[row];
    float inner = 0;
#pragma omp simd reduction(+ : inner)
    for (std::int64_t j = 0; j < norm.width; ++j)
      inner += toFloat(g[j]) * toFloat(weight[j]) * toFloat(x[j]);
    const float share = inner * factor * factor / static_cast<float>(norm.width);
    storeGradient(gradX + row * norm.width, rowOf(beside, row, norm.width), norm.width, [&](std::int64_t j) INCIPIT_INLINE_LAMBDA {
      return factor * (toFloat(g[j]) * toFloat(weight[j]) - toFloat(x[j]) * share);
    });
  }
}

template <class T>
INCIPIT_INLINE void layerNormRows(const LayerNorm<T>& norm, T* y, float* statistics, std::int64_t first, std::int64_t last) {
  const auto width = static_cast<float>(norm.width);
  for (std::int64_t row = first; row < last; ++row) {
    const T* x = norm.x + row * norm.width;
    float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < norm.width; ++j)
      sum += toFloat(x[j]);
    const float mean = sum / width;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t j = 0; j < norm.width; ++j)
      squares += (toFloat(x[j]) - mean) * (toFloat(x[j]) - mean);
    const float inverse = 1 / std::sqrt(squares / width + norm.epsilon);
    statistics[2 * row] = mean;
    statistics[2 * row + 1] = inverse;
    T* out = y + row * norm.width;
    if (norm.bias != nullptr) {
#pragma omp simd
      for (std::int64_t j = 0; j < norm.width; ++j)
        out[j] = fromFloat<T>((toFloat(x[j]) - mean) * inverse * toFloat(norm.weight[j]) + toFloat(norm.bias[j]));
    } else {
#pragma omp simd
      for (std::int64_t j = 0; j < norm.width; ++j)
        out[j] = fromFloat<T>((toFloat(x[j]) - mean) * inverse * toFloat(norm.weight[j]));
    }
  }
}

// With x^ = (x - mean) * inverse and g = gradY * weight: gradX = inverse * (g - mean(g) - x^ * mean(g * x^)).
template <class T>
INCIPIT_INLINE void layerNormGradient(const LayerNorm<T>& norm, const float* statistics, const T* gradY, const T* beside, T* gradX,
                                      std::int64_t first, std::int64_t last) {
  const auto width = static_cast<float>(norm.width);
  const T* weight = norm.weight;  // read through `norm` in a loop that sums, it keeps GCC from vectors
  for (std::int64_t row = first; row < last; ++row) {
    const T* x = norm.x + row * norm.width;
    const T* g = gradY + row * norm.width;
    const float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
    float sum = 0, inner = 0;
#pragma omp simd reduction(+ : sum, inner)
    for (std::int64_t j = 0; j < norm.width; ++j) {
      const float weighted = toFloat(g[j]) * toFloat(weight[j]);
      sum += weighted;
      inner += weighted * (toFloat(x[j]) - mean);
    }
    const float meanOfG = sum / width, share = inner * inverse * inverse / width;
    storeGradient(gradX + row * norm.width, rowOf(beside, row, norm.width), norm.width, [&](std::int64_t j) INCIPIT_INLINE_LAMBDA {
      return inverse * (toFloat(g[j]) * toFloat(weight[j]) - meanOfG - (toFloat(x[j]) - mean) * share);
    });
  }
}

template <class T>
INCIPIT_INLINE void turnPairs(const T* from, T* to, const float* cosine, const float* sine, std::int64_t pairs, std::int64_t stride,
                              std::int64_t step, float direction) {
#pragma omp simd
  for (std::int64_t j = 0; j < pairs; ++j) {
    const std::int64_t first = j * step, second = first + stride;
    const float a = toFloat(from[first]), b = toFloat(from[second]), s = sine[j] * direction;
    to[first] = fromFloat<T>(a * cosine[j] - b * s);
    to[second] = fromFloat<T>(b * cosine[j] + a * s);
  }
}

template <class T>
INCIPIT_INLINE void turn(const Rotation& rotation, const T* x, std::int64_t strideX, T* y, std::int64_t first, std::int64_t last) {
  const std::int64_t half = rotation.rotated / 2;
  for (std::int64_t row = first; row < last; ++row) {
    const float* cosine = rotation.cosine + rotation.positions[row] * half;
    const float* sine = rotation.sine + rotation.positions[row] * half;
    for (std::int64_t head = 0; head < rotation.heads; ++head) {
      const T* from = x + row * strideX + head * rotation.size;
      T* to = y + (row * rotation.heads + head) * rotation.size;
      if (rotation.step == 1) {
        turnPairs(from, to, cosine, sine, half, half, 1, rotation.direction);
      } else {
        turnPairs(from, to, cosine, sine, half, rotation.stride, rotation.step, rotation.direction);
      }
      for (std::int64_t j = rotation.rotated; j < rotation.size; ++j)
        to[j] = from[j];
    }
  }
}

}  // namespace

template <class T>
void rmsNormForward(const RmsNorm<T>& norm, T* y, float* inverse, std::int64_t first, std::int64_t last) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { normForward(norm, y, inverse, first, last); });
}
template <class T>
void rmsNormBackward(const RmsNorm<T>& norm, const float* inverse, const T* gradY, const T* beside, T* gradX, std::int64_t first,
                     std::int64_t last) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { normBackward(norm, inverse, gradY, beside, gradX, first, last); });
}
template <class T>
void layerNormForward(const LayerNorm<T>& norm, T* y, float* statistics, std::int64_t first, std::int64_t last) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { layerNormRows(norm, y, statistics, first, last); });
}
template <class T>
void layerNormBackward(const LayerNorm<T>& norm, const float* statistics, const T* gradY, const T* beside, T* gradX, std::int64_t first,
                       std::int64_t last) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { layerNormGradient(norm, statistics, gradY, beside, gradX, first, last); });
}
template <class T>
void rotate(const Rotation& rotation, const T* x, std::int64_t strideX, T* y, std::int64_t first, std::int64_t last) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { turn(rotation, x, strideX, y, first, last); });
}

#define INCIPIT_TYPE(T)                                                                                                                    \
  template void rmsNormForward(const RmsNorm<T>&, T*, float*, std::int64_t, std::int64_t);                                                 \
  template void rmsNormBackward(const RmsNorm<T>&, const float*, const T*, const T*, T*, std::int64_t, std::int64_t);                      \
  template void layerNormForward(const LayerNorm<T>&, T*, float*, std::int64_t, std::int64_t);                                             \
  template void layerNormBackward(const LayerNorm<T>&, const float*, const T*, const T*, T*, std::int64_t, std::int64_t);                  \
  template void rotate(const Rotation&, const T*, std::int64_t, T*, std::int64_t, std::int64_t);
INCIPIT_TYPE(float)
INCIPIT_TYPE(Bf16)
#undef INCIPIT_TYPE

}  // namespace incipit::kernels
