// Activations and their gradients, one pass each, computed in fp32. Only the input is kept for the backward pass.
// T: float or Bf16.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>

namespace incipit {
enum class Activation;
}

namespace incipit::kernels {

// y = f(x).
template <class T>
void activate(Activation f, const T* x, T* y, std::int64_t count);
// gradX = gradY * f'(x).
template <class T>
void activateBackward(Activation f, const T* x, const T* gradY, T* gradX, std::int64_t count);

// y = f(gate) * up, the gated units of Shazeer 2020.
template <class T>
void gate(Activation f, const T* gate, const T* up, T* y, std::int64_t count);
// gradGate = gradY * up * f'(gate), gradUp = gradY * f(gate).
template <class T>
void gateBackward(Activation f, const T* gate, const T* up, const T* gradY, T* gradGate, T* gradUp, std::int64_t count);

}  // namespace incipit::kernels
