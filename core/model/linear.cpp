#include "core/model/linear.h"

#include "core/model/packed_weight.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// oneDNN multiplies bf16 from AVX-512 on; before that LibTorch does it, slowly. (Precision auto takes fp32 there.)
bool multipliesBf16() {
#if defined(__x86_64__) && defined(__GNUC__)
  static const bool can = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return can;
#else
  return false;
#endif
}

bool packs(const at::Tensor& x, const Linear& layer) {
  const bool typeServed = x.scalar_type() == at::kFloat || (x.scalar_type() == at::kBFloat16 && multipliesBf16());
  return x.device().is_cpu() && typeServed && !layer.weight.requires_grad();
}

// y = x W^T by library operators: other devices, and weights that are being trained.
at::Tensor byOperators(const at::Tensor& x, const Linear& layer) {
  const at::Tensor weight = layer.weight.to(x.scalar_type());
  const at::Tensor matrix = layer.transposed ? weight : weight.t();  // [in, out]
  return layer.bias.defined() ? at::addmm(layer.bias, x, matrix) : at::mm(x, matrix);
}

struct WeightHolder : torch::CustomClassHolder {
  explicit WeightHolder(std::shared_ptr<PackedWeight> w) : weight(std::move(w)) {}
  std::shared_ptr<PackedWeight> weight;
};

PackedWeight& weightOf(AutogradContext* context) {
  return *c10::static_intrusive_pointer_cast<WeightHolder>(context->saved_data["weight"].toCapsule())->weight;
}

// The weight is frozen, so the way back needs nothing of the way there: no activation is kept.
struct FrozenDense : torch::autograd::Function<FrozenDense> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const std::shared_ptr<PackedWeight>& weight,
                            at::ScalarType type) {
    context->saved_data["weight"] = c10::IValue::make_capsule(c10::make_intrusive<WeightHolder>(weight));
    context->saved_data["type"] = x.scalar_type();
    return weight->forward(x.contiguous(), {}, type, true);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor gradient = gradients[0].to(context->saved_data["type"].toScalarType()).contiguous();
    return {weightOf(context).backward(gradient, true), at::Tensor(), at::Tensor()};
  }
};

struct FrozenDenseOnto : torch::autograd::Function<FrozenDenseOnto> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& residual, const at::Tensor& x,
                            const std::shared_ptr<PackedWeight>& weight) {
    context->saved_data["weight"] = c10::IValue::make_capsule(c10::make_intrusive<WeightHolder>(weight));
    return weight->forward(x.contiguous(), residual.contiguous(), x.scalar_type(), true);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradients[0], weightOf(context).backward(gradients[0].contiguous(), true), at::Tensor()};
  }
};

bool wantsGradient(const at::Tensor& x) { return at::GradMode::is_enabled() && x.requires_grad(); }

at::Tensor frozenDense(const at::Tensor& x, const Linear& layer, at::ScalarType type) {
  if (wantsGradient(x)) return FrozenDense::apply(x, layer.packed, type);
  return layer.packed->forward(x.contiguous(), {}, type, false);
}

}  // namespace

Linear::Linear(at::Tensor w, at::Tensor b, bool isTransposed)
    : weight(std::move(w)), bias(std::move(b)), transposed(isTransposed),
      packed(std::make_shared<PackedWeight>(weight.detach(), bias.defined() ? bias.detach() : bias, transposed)) {}

at::Tensor dense(const at::Tensor& x, const Linear& layer) {
  return packs(x, layer) ? frozenDense(x, layer, x.scalar_type()) : byOperators(x, layer);
}

at::Tensor denseOnto(const at::Tensor& residual, const at::Tensor& x, const Linear& layer) {
  if (!packs(x, layer)) return residual + byOperators(x, layer);
  if (wantsGradient(x) || wantsGradient(residual)) return FrozenDenseOnto::apply(residual, x, layer.packed);
  return layer.packed->forward(x.contiguous(), residual.contiguous(), x.scalar_type(), false);
}

at::Tensor denseToFloat(const at::Tensor& x, const Linear& layer) {
  return packs(x, layer) ? frozenDense(x, layer, at::kFloat) : byOperators(x, layer).to(at::kFloat);
}

}  // namespace incipit
