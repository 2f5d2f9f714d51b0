// The activations of config.json's names.
#pragma once

#include <string>

namespace at {
class Tensor;
}

namespace incipit {

enum class Activation { GeluTanh, Gelu, QuickGelu, Relu, ReluSquared, Silu, Tanh };

// "gelu_new", "gelu", "silu" ... Throws ModelError naming an activation this program does not have.
Activation activationFrom(const std::string& name);

// f(x), any shape.
at::Tensor activate(Activation f, const at::Tensor& x);
// f(gate) * up, in one pass.
at::Tensor gated(Activation f, const at::Tensor& gate, const at::Tensor& up);

}  // namespace incipit
