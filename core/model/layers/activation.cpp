#include "core/model/layers/activation.h"

#include "core/model/kernels/activation_kernel.h"
#include "core/model/kernels/tensor_numbers.h"
#include "core/support/error.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t numbersPerTask = 16384;

// Calls kernel(pointers to element `first` of each tensor ..., count) piece by piece on all threads, as fp32 or bf16.
template <class Kernel, class... Tensors>
void inPieces(const at::Tensor& like, const Kernel& kernel, const Tensors&... tensors) {
  withNumberType(like.scalar_type(), [&](auto number) {
    at::parallel_for(0, like.numel(), numbersPerTask, [&](std::int64_t first, std::int64_t last) {
      kernel((numbersOf<decltype(number)>(tensors) + first)..., last - first);
    });
  });
}

struct ActivationFunction : torch::autograd::Function<ActivationFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, Activation f) {
    const at::Tensor x = input.contiguous(), y = at::empty_like(x);
    inPieces(
        x, [f](auto* from, auto* to, std::int64_t count) { kernels::activate(f, from, to, count); }, x, y);
    context->save_for_backward({x});
    context->saved_data["f"] = static_cast<std::int64_t>(f);
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto f = static_cast<Activation>(context->saved_data["f"].toInt());
    const at::Tensor x = context->get_saved_variables()[0], gradY = gradients[0].contiguous(), gradX = at::empty_like(x);
    inPieces(
        x, [f](auto* from, auto* g, auto* to, std::int64_t count) { kernels::activateBackward(f, from, g, to, count); }, x, gradY, gradX);
    return {gradX, at::Tensor()};
  }
};

struct GateFunction : torch::autograd::Function<GateFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gateInput, const at::Tensor& upInput, Activation f) {
    const at::Tensor gate = gateInput.contiguous(), up = upInput.contiguous(), y = at::empty_like(gate);
    inPieces(
        gate, [f](auto* g, auto* u, auto* to, std::int64_t count) { kernels::gate(f, g, u, to, count); }, gate, up, y);
    context->save_for_backward({gate, up});
    context->saved_data["f"] = static_cast<std::int64_t>(f);
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto f = static_cast<Activation>(context->saved_data["f"].toInt());
    const auto saved = context->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1], gradY = gradients[0].contiguous();
    const at::Tensor gradGate = at::empty_like(gate), gradUp = at::empty_like(up);
    inPieces(
        gate,
        [f](auto* g, auto* u, auto* y, auto* toGate, auto* toUp, std::int64_t count) {
          kernels::gateBackward(f, g, u, y, toGate, toUp, count);
        },
        gate, up, gradY, gradGate, gradUp);
    return {gradGate, gradUp, at::Tensor()};
  }
};

}  // namespace

Activation activationFrom(const std::string& name) {
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast" || name == "gelu_accurate") return Activation::GeluTanh;
  if (name == "gelu" || name == "gelu_python") return Activation::Gelu;
  if (name == "quick_gelu") return Activation::QuickGelu;
  if (name == "relu") return Activation::Relu;
  if (name == "relu2") return Activation::ReluSquared;
  if (name == "silu" || name == "swish") return Activation::Silu;
  if (name == "tanh") return Activation::Tanh;
  throw ModelError("The activation '" + name + "' of config.json is not supported.",
                   "Supported: gelu_new, gelu, quick_gelu, relu, relu2, silu, tanh.");
}

at::Tensor activate(Activation f, const at::Tensor& x) {
  if (kernelsServe(x)) return ActivationFunction::apply(x, f);
  switch (f) {
  case Activation::GeluTanh:
    return at::gelu(x, "tanh");
  case Activation::Gelu:
    return at::gelu(x);
  case Activation::QuickGelu:
    return x * at::sigmoid(x * 1.702);
  case Activation::Relu:
    return at::relu(x);
  case Activation::ReluSquared:
    return at::relu(x).square();
  case Activation::Silu:
    return at::silu(x);
  case Activation::Tanh:
    return at::tanh(x);
  }
  return x;
}

at::Tensor gated(Activation f, const at::Tensor& gate, const at::Tensor& up) {
  return kernelsServe(gate) ? GateFunction::apply(gate, up, f) : activate(f, gate) * up;
}

}  // namespace incipit
