#include "core/model/kernels/activation_kernel.h"

#include "core/model/layers/activation.h"

namespace incipit::kernels {
namespace {

struct ValueAndSlope {
  float value, slope;
};

// 1 / (1 + e^-x), through an exponential of a number that is never positive.
INCIPIT_INLINE float sigmoid(float x) {
  const float small = expNegative(-__builtin_fabsf(x));
  return (x < 0 ? small : 1.0f) * (1.0f / (1.0f + small));
}

struct Relu {
  static INCIPIT_INLINE ValueAndSlope at(float x) { return {x > 0 ? x : 0.0f, x > 0 ? 1.0f : 0.0f}; }
};

struct ReluSquared {
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float positive = x > 0 ? x : 0.0f;
    return {positive * positive, 2.0f * positive};
  }
};

struct Tanh {  // 2 sigmoid(2x) - 1
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float small = expNegative(-2.0f * __builtin_fabsf(x));
    const float size = (1.0f - small) * (1.0f / (1.0f + small));
    return {__builtin_copysignf(size, x), 1.0f - size * size};
  }
};

struct QuickGelu {  // x sigmoid(1.702 x)
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float s = sigmoid(1.702f * x);
    return {x * s, s + 1.702f * x * s * (1.0f - s)};
  }
};

struct Silu {
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float s = sigmoid(x);
    return {x * s, s + x * s * (1.0f - s)};
  }
};

// Hendrycks and Gimpel 2016: 0.5 x (1 + tanh(u)) = x sigmoid(2u) with u = sqrt(2 / pi) (x + 0.044715 x^3).
struct GeluTanh {
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float square = x * x;
    const float s = sigmoid(x * (1.5957691216f + 0.0713548163f * square));
    return {x * s, s + x * s * (1.0f - s) * (1.5957691216f + 0.2140644488f * square)};
  }
};

// x Phi(x). The error function by Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7), in the form of its complement, so that the
// left tail keeps its digits.
struct Gelu {
  static INCIPIT_INLINE ValueAndSlope at(float x) {
    const float z = __builtin_fabsf(x) * 0.70710678118f;
    const float t = 1.0f / (1.0f + 0.3275911f * z);
    const float gauss = expNegative(-z * z);
    const float poly = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    const float tail = 0.5f * poly * gauss;  // Phi(-|x|)
    const float phi = x < 0 ? tail : 1.0f - tail;
    return {x * phi, phi + x * gauss * 0.39894228040f};
  }
};

// Calls body, compiled for the processor, with the activation as a type, so that its loop is compiled for that too.
template <class Body>
void with(Activation f, const Body& body) {
  forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA {
    switch (f) {
    case Activation::GeluTanh:
      return body(GeluTanh{});
    case Activation::Gelu:
      return body(Gelu{});
    case Activation::QuickGelu:
      return body(QuickGelu{});
    case Activation::Relu:
      return body(Relu{});
    case Activation::ReluSquared:
      return body(ReluSquared{});
    case Activation::Silu:
      return body(Silu{});
    case Activation::Tanh:
      return body(Tanh{});
    }
  });
}

template <class F, class T>
INCIPIT_INLINE void activateAll(const T* x, T* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = fromFloat<T>(F::at(toFloat(x[i])).value);
}

template <class F, class T>
INCIPIT_INLINE void activateGradient(const T* x, const T* gradY, T* gradX, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    gradX[i] = fromFloat<T>(toFloat(gradY[i]) * F::at(toFloat(x[i])).slope);
}

template <class F, class T>
INCIPIT_INLINE void gateAll(const T* gate, const T* up, T* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = fromFloat<T>(F::at(toFloat(gate[i])).value * toFloat(up[i]));
}

template <class F, class T>
INCIPIT_INLINE void gateGradient(const T* gate, const T* up, const T* gradY, T* gradGate, T* gradUp, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const ValueAndSlope f = F::at(toFloat(gate[i]));
    const float g = toFloat(gradY[i]);
    gradGate[i] = fromFloat<T>(g * toFloat(up[i]) * f.slope);
    gradUp[i] = fromFloat<T>(g * f.value);
  }
}

}  // namespace

template <class T>
void activate(Activation f, const T* x, T* y, std::int64_t count) {
  with(f, [&](auto kind) INCIPIT_INLINE_LAMBDA { activateAll<decltype(kind)>(x, y, count); });
}
template <class T>
void activateBackward(Activation f, const T* x, const T* gradY, T* gradX, std::int64_t count) {
  with(f, [&](auto kind) INCIPIT_INLINE_LAMBDA { activateGradient<decltype(kind)>(x, gradY, gradX, count); });
}
template <class T>
void gate(Activation f, const T* gate, const T* up, T* y, std::int64_t count) {
  with(f, [&](auto kind) INCIPIT_INLINE_LAMBDA { gateAll<decltype(kind)>(gate, up, y, count); });
}
template <class T>
void gateBackward(Activation f, const T* gate, const T* up, const T* gradY, T* gradGate, T* gradUp, std::int64_t count) {
  with(f, [&](auto kind) INCIPIT_INLINE_LAMBDA { gateGradient<decltype(kind)>(gate, up, gradY, gradGate, gradUp, count); });
}

#define INCIPIT_TYPE(T)                                                                                                                    \
  template void activate(Activation, const T*, T*, std::int64_t);                                                                          \
  template void activateBackward(Activation, const T*, const T*, T*, std::int64_t);                                                        \
  template void gate(Activation, const T*, const T*, T*, std::int64_t);                                                                    \
  template void gateBackward(Activation, const T*, const T*, const T*, T*, T*, std::int64_t);
INCIPIT_TYPE(float)
INCIPIT_TYPE(Bf16)
#undef INCIPIT_TYPE

}  // namespace incipit::kernels
