#include "core/model/layers.h"

#include "core/support/error.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

namespace incipit {

at::Tensor layerNorm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return at::layer_norm(x, {x.size(1)}, weight, bias, epsilon);
}

Activation activationFrom(const std::string& name) {
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::GeluTanh;
  if (name == "gelu") return Activation::Gelu;
  if (name == "relu") return Activation::Relu;
  if (name == "silu" || name == "swish") return Activation::Silu;
  throw ModelError("The activation '" + name + "' of config.json is not supported.", "Supported: gelu_new, gelu, relu, silu.");
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
  }
  return x;
}

}  // namespace incipit
