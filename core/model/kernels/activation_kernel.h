// Activations and their gradients, one pass each, computed in fp32. Only the input is kept for the way back.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>

namespace incipit {
enum class Activation;
}

namespace incipit::kernels {

// y = f(x).
void activate(Activation f, const float* x, float* y, std::int64_t count);
void activate(Activation f, const Bf16* x, Bf16* y, std::int64_t count);
// gradX = gradY * f'(x).
void activateBackward(Activation f, const float* x, const float* gradY, float* gradX, std::int64_t count);
void activateBackward(Activation f, const Bf16* x, const Bf16* gradY, Bf16* gradX, std::int64_t count);

// y = f(gate) * up, the gated units of Shazeer 2020.
void gate(Activation f, const float* gate, const float* up, float* y, std::int64_t count);
void gate(Activation f, const Bf16* gate, const Bf16* up, Bf16* y, std::int64_t count);
// gradGate = gradY * up * f'(gate), gradUp = gradY * f(gate).
void gateBackward(Activation f, const float* gate, const float* up, const float* gradY, float* gradGate, float* gradUp, std::int64_t count);
void gateBackward(Activation f, const Bf16* gate, const Bf16* up, const Bf16* gradY, Bf16* gradGate, Bf16* gradUp, std::int64_t count);

}  // namespace incipit::kernels
