#include "core/model/layers.h"

#include "core/support/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>

namespace incipit {

at::Tensor layerNorm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return at::layer_norm(x, {x.size(1)}, weight, bias, epsilon);
}

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

at::Tensor activate(Activation activation, const at::Tensor& x) {
  switch (activation) {
  case Activation::GeluTanh:
    return at::gelu(x, "tanh");
  case Activation::Gelu:
    return at::gelu(x);
  case Activation::Relu:
    return at::relu(x);
  case Activation::Silu:
    return at::silu(x);
  case Activation::QuickGelu:
    return x * at::sigmoid(x * 1.702);
  case Activation::ReluSquared:
    return at::relu(x).square();
  case Activation::Tanh:
    return at::tanh(x);
  }
  return x;
}

}  // namespace incipit
