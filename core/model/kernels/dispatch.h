// One source, compiled for several processors; which version runs is decided at run time. Nothing is built with -march=native.
#pragma once

#include "core/support/processor.h"

#include <type_traits>

#if defined(__x86_64__) && defined(__GNUC__)
#define INCIPIT_AVX512 __attribute__((target("arch=x86-64-v4")))
#define INCIPIT_AVX2 __attribute__((target("arch=x86-64-v3")))
#else
#define INCIPIT_AVX512
#define INCIPIT_AVX2
#endif

// Whatever must be compiled for the same processor as its caller has to be inlined into it.
#define INCIPIT_INLINE inline __attribute__((always_inline))
// The same for a lambda, behind its parameters: [&](auto x) INCIPIT_INLINE_LAMBDA { ... }.
#define INCIPIT_INLINE_LAMBDA __attribute__((always_inline))

namespace incipit::kernels {

template <int N>
using LaneCount = std::integral_constant<int, N>;

template <class Work>
INCIPIT_AVX512 void onAvx512(const Work& work) {
  work(LaneCount<16>());
}
template <class Work>
INCIPIT_AVX2 void onAvx2(const Work& work) {
  work(LaneCount<8>());
}

// Calls work(the number of floats in a register of this processor). The entry point of a kernel, be it a template or not:
//
//   template <class T> INCIPIT_INLINE void rows(const T* x, ...) { ... }                          the kernel, compiled once a processor
//   template <class T> void kernel(const T* x, ...) {
//     forThisProcessor([&](auto) INCIPIT_INLINE_LAMBDA { rows(x, ...); });
//   }
//
// A kernel written with vectors (vector.h) takes their width from the argument: [&](auto lanes) ... rows<lanes()>(x, ...).
template <class Work>
void forThisProcessor(const Work& work) {
  switch (instructionSet()) {
  case InstructionSet::Avx512Bf16:
  case InstructionSet::Avx512:
    return onAvx512(work);
  case InstructionSet::Avx2:
    return onAvx2(work);
  case InstructionSet::Basic:
    return work(LaneCount<4>());
  }
}

}  // namespace incipit::kernels
