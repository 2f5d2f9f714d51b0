#include "core/model/layers/checkpointing.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Layer = std::function<at::Tensor(const at::Tensor&)>;

struct LayerHolder : torch::CustomClassHolder {
  explicit LayerHolder(Layer f) : layer(std::move(f)) {}
  Layer layer;
};

struct Checkpointed : torch::autograd::Function<Checkpointed> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const Layer& layer) {
    context->save_for_backward({x});
    context->saved_data["layer"] = c10::IValue::make_capsule(c10::make_intrusive<LayerHolder>(layer));
    const at::NoGradGuard nothingKept;
    return layer(x.detach());
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto holder = c10::static_intrusive_pointer_cast<LayerHolder>(context->saved_data["layer"].toCapsule());
    const at::AutoGradMode again(true);
    at::Tensor x = context->get_saved_variables()[0].detach();
    x.requires_grad_(true);
    const at::Tensor y = holder->layer(x);
    return {torch::autograd::grad({y}, {x}, {gradients[0]})[0], at::Tensor()};
  }
};

}  // namespace

at::Tensor checkpointed(const at::Tensor& x, Layer f) {
  return at::GradMode::is_enabled() && x.requires_grad() ? Checkpointed::apply(x, f) : f(x);
}

}  // namespace incipit
