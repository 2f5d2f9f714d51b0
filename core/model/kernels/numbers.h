// How kernels read and write fp32 and bf16, and an exponential that compiles to vector code. All sums are fp32.
#pragma once

#include "core/model/kernels/dispatch.h"

#include <bit>
#include <cstdint>
#include <type_traits>

namespace incipit::kernels {

struct Bf16 {
  std::uint16_t bits;
};

INCIPIT_INLINE float toFloat(float value) { return value; }
INCIPIT_INLINE float toFloat(Bf16 value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16); }

template <class T>
INCIPIT_INLINE T fromFloat(float value);
template <>
INCIPIT_INLINE float fromFloat<float>(float value) {
  return value;
}
template <>
INCIPIT_INLINE Bf16 fromFloat<Bf16>(float value) {  // round to nearest, ties to even; NaN stays NaN
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return {static_cast<std::uint16_t>(value != value ? 0x7fc0u : rounded)};
}

// Of a float, or of a vector of them (vector.h): whole numbers towards zero, and back.
template <class Float>
INCIPIT_INLINE auto wholes(const Float& x) {
  if constexpr (std::is_same_v<Float, float>) {
    return static_cast<std::int32_t>(x);
  } else {
    return __builtin_convertvector(x, decltype(x < x));
  }
}
template <class Float, class Whole>
INCIPIT_INLINE Float floats(const Whole& n) {
  if constexpr (std::is_same_v<Float, float>) {
    return static_cast<float>(n);
  } else {
    return __builtin_convertvector(n, Float);
  }
}

// e^x for x <= 0 (softmax, sigmoid), of a float or a vector: 2^n * p(r) with r in [-ln2/2, ln2/2], relative error below 2e-7. Below -87 it
// stays at e^-87 = 1.6e-38; above 0 it holds for what rounding leaves, and NaN stays NaN. No branch and no comparison that the compiler
// would make one of.
template <class Float>
INCIPIT_INLINE Float expNegative(Float x) {
  const Float clamped = x < -87.0f ? Float{} - 87.0f : x;     // NaN stays NaN,
  const Float number = x > -87.0f ? x : Float{} - 87.0f;      // NaN becomes one: it has no whole number
  const auto exponent = wholes(number * 1.44269504f - 0.5f);  // round to nearest: the argument is negative
  const Float n = floats<Float>(exponent);
  const Float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts (Cody and Waite)
  Float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * std::bit_cast<Float>((exponent + 127) << 23);
}

}  // namespace incipit::kernels
