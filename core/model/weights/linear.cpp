#include "core/model/weights/linear.h"

#include "core/model/kernels/tensor_numbers.h"
#include "core/model/weights/frozen_weight.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <numeric>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool frozen(const at::Tensor& x, const Linear& layer) { return kernelsServe(x) && !layer.weight.requires_grad(); }

// y = x W^T by library operators: other devices, and weights that are being trained.
at::Tensor byOperators(const at::Tensor& x, const Linear& layer) {
  const at::Tensor weight = layer.weight.to(x.scalar_type());
  const at::Tensor matrix = layer.transposed ? weight : weight.t();  // [in, out]
  return layer.bias.defined() ? at::addmm(layer.bias, x, matrix) : at::mm(x, matrix);
}

struct WeightHolder : torch::CustomClassHolder {
  explicit WeightHolder(std::shared_ptr<FrozenWeight> w) : weight(std::move(w)) {}
  std::shared_ptr<FrozenWeight> weight;
};

FrozenWeight& weightOf(AutogradContext* context) {
  return *c10::static_intrusive_pointer_cast<WeightHolder>(context->saved_data["weight"].toCapsule())->weight;
}

struct RangesHolder : torch::CustomClassHolder {
  explicit RangesHolder(std::shared_ptr<const RowRanges> r) : ranges(std::move(r)) {}
  std::shared_ptr<const RowRanges> ranges;  // null: all rows
};

std::int64_t rowsIn(const RowRanges& ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), std::int64_t{0},
                         [](std::int64_t sum, const RowRange& range) { return sum + range.length; });
}

// The gradient of x for the rows of `ranges` only; zero for the others.
at::Tensor backwardOf(FrozenWeight& weight, const at::Tensor& gradient, const RowRanges& ranges) {
  std::vector<at::Tensor> wanted;
  for (const RowRange& range : ranges)
    wanted.push_back(gradient.narrow(0, range.begin, range.length));
  const at::Tensor some = weight.backward(at::cat(wanted), true);  // [their rows, in]
  at::Tensor all = at::zeros({gradient.size(0), some.size(1)}, some.options());
  std::int64_t row = 0;
  for (const RowRange& range : ranges) {
    all.narrow(0, range.begin, range.length).copy_(some.narrow(0, row, range.length));
    row += range.length;
  }
  return all;
}

// The weight is frozen, so the backward pass needs nothing from the forward pass: no activation is kept.
struct FrozenDense : torch::autograd::Function<FrozenDense> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const std::shared_ptr<FrozenWeight>& weight, at::ScalarType type,
                            const std::shared_ptr<const RowRanges>& learning) {
    context->saved_data["weight"] = c10::IValue::make_capsule(c10::make_intrusive<WeightHolder>(weight));
    context->saved_data["learning"] = c10::IValue::make_capsule(c10::make_intrusive<RangesHolder>(learning));
    context->saved_data["type"] = x.scalar_type();
    return weight->forward(x.contiguous(), {}, type, true);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto learning = c10::static_intrusive_pointer_cast<RangesHolder>(context->saved_data["learning"].toCapsule())->ranges;
    const at::Tensor gradient = gradients[0].to(context->saved_data["type"].toScalarType());
    FrozenWeight& weight = weightOf(context);
    const at::Tensor gradX = learning == nullptr ? weight.backward(gradient.contiguous(), true) : backwardOf(weight, gradient, *learning);
    return {gradX, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

struct FrozenDenseOnto : torch::autograd::Function<FrozenDenseOnto> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& residual, const at::Tensor& x,
                            const std::shared_ptr<FrozenWeight>& weight) {
    context->saved_data["weight"] = c10::IValue::make_capsule(c10::make_intrusive<WeightHolder>(weight));
    return weight->forward(x.contiguous(), residual.contiguous(), x.scalar_type(), true);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradients[0], weightOf(context).backward(gradients[0].contiguous(), true), at::Tensor()};
  }
};

bool wantsGradient(const at::Tensor& x) { return at::GradMode::is_enabled() && x.requires_grad(); }

at::Tensor frozenDense(const at::Tensor& x, const Linear& layer, at::ScalarType type,
                       const std::shared_ptr<const RowRanges>& learning = nullptr) {
  if (wantsGradient(x)) return FrozenDense::apply(x, layer.frozen, type, learning);
  return layer.frozen->forward(x.contiguous(), {}, type, false);
}

}  // namespace

Linear::Linear(at::Tensor w, at::Tensor b, bool isTransposed)
    : weight(std::move(w)), bias(std::move(b)), transposed(isTransposed),
      frozen(std::make_shared<FrozenWeight>(weight.detach(), bias.defined() ? bias.detach() : bias, transposed)) {}

at::Tensor dense(const at::Tensor& x, const Linear& layer) {
  return frozen(x, layer) ? frozenDense(x, layer, x.scalar_type()) : byOperators(x, layer);
}

at::Tensor dense(const at::Tensor& x, const Linear& layer, const std::shared_ptr<const RowRanges>& learning) {
  // Most rows at once are quicker than most rows put together first.
  const bool few = learning != nullptr && !learning->empty() && 2 * rowsIn(*learning) < x.size(0);
  return few && frozen(x, layer) ? frozenDense(x, layer, x.scalar_type(), learning) : dense(x, layer);
}

at::Tensor denseOnto(const at::Tensor& residual, const at::Tensor& x, const Linear& layer) {
  if (!frozen(x, layer)) return residual + byOperators(x, layer);
  if (wantsGradient(x) || wantsGradient(residual)) return FrozenDenseOnto::apply(residual, x, layer.frozen);
  return layer.frozen->forward(x.contiguous(), residual.contiguous(), x.scalar_type(), false);
}

at::Tensor denseToFloat(const at::Tensor& x, const Linear& layer) {
  return frozen(x, layer) ? frozenDense(x, layer, at::kFloat) : byOperators(x, layer).to(at::kFloat);
}

}  // namespace incipit
