#include "core/model/kernels/row_kernels.h"
#include "core/model/kernels/tensor_numbers.h"
#include "core/model/layers/layers.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rsqrt.h>
#include <optional>
#include <torch/csrc/autograd/custom_function.h>

#if __has_include(<ATen/ops/_fused_rms_norm.h>)  // without a fused one, LibTorch 2.4 squares in the precision of x
#define INCIPIT_FUSED_RMS_NORM 1
#include <ATen/ops/rms_norm.h>
#else
#define INCIPIT_FUSED_RMS_NORM 0
#endif

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t rowsPerTask = 16;

// Calls work(a number of x's type, first row, last row) for all rows of x, on all threads.
template <class Work>
void inRows(const at::Tensor& x, const Work& work) {
  withNumberType(x.scalar_type(), [&](auto number) {
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) { work(number, first, last); });
  });
}

// What both norms share: x both bypasses the norm and goes through it, so two gradients arrive, and leave as their sum in one pass. Either
// may be missing.
at::Tensor plainRows(const at::Tensor& gradient) { return gradient.defined() ? gradient.contiguous() : gradient; }

template <class T>
kernels::RmsNorm<T> rmsNormOf(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  return {numbersOf<T>(x), numbersOf<T>(weight), x.size(1), static_cast<float>(epsilon)};
}

struct RmsNormFunction : torch::autograd::Function<RmsNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, double epsilon) {
    const at::Tensor x = input.contiguous();
    at::Tensor y = at::empty_like(x);
    at::Tensor inverse = at::empty({x.size(0)}, x.options().dtype(at::kFloat));
    inRows(x, [&](auto number, std::int64_t first, std::int64_t last) {
      using T = decltype(number);
      kernels::rmsNormForward(rmsNormOf<T>(x, weight, epsilon), numbersOf<T>(y), numbersOf<float>(inverse), first, last);
    });
    context->save_for_backward({x, weight, inverse});
    context->saved_data["epsilon"] = epsilon;
    context->set_materialize_grads(false);
    return {input, y};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    if (!gradients[1].defined()) return {gradients[0], at::Tensor(), at::Tensor()};
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &inverse = saved[2];
    const double epsilon = context->saved_data["epsilon"].toDouble();
    const at::Tensor beside = plainRows(gradients[0]), gradY = plainRows(gradients[1]);
    at::Tensor gradX = at::empty_like(x);
    inRows(x, [&](auto number, std::int64_t first, std::int64_t last) {
      using T = decltype(number);
      kernels::rmsNormBackward<T>(rmsNormOf<T>(x, weight, epsilon), numbersOf<float>(inverse), numbersOf<T>(gradY), numbersOf<T>(beside),
                                  numbersOf<T>(gradX), first, last);
    });
    at::Tensor gradWeight;
    if (weight.requires_grad())
      gradWeight = (gradY.to(at::kFloat) * x.to(at::kFloat) * inverse.unsqueeze(1)).sum(0).to(weight.scalar_type());
    return {gradX, gradWeight, at::Tensor()};
  }
};

template <class T>
kernels::LayerNorm<T> layerNormOf(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return {numbersOf<T>(x), numbersOf<T>(weight), numbersOf<T>(bias), x.size(1), static_cast<float>(epsilon)};
}

// Weight and bias are frozen: the backward pass needs x and two numbers a row.
struct LayerNormFunction : torch::autograd::Function<LayerNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, double epsilon) {
    const at::Tensor x = input.contiguous(), shift = bias.value_or(at::Tensor());
    at::Tensor y = at::empty_like(x);
    at::Tensor statistics = at::empty({x.size(0), 2}, x.options().dtype(at::kFloat));
    inRows(x, [&](auto number, std::int64_t first, std::int64_t last) {
      using T = decltype(number);
      kernels::layerNormForward(layerNormOf<T>(x, weight, shift, epsilon), numbersOf<T>(y), numbersOf<float>(statistics), first, last);
    });
    context->save_for_backward({x, weight, statistics});
    context->set_materialize_grads(false);
    return {input, y};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    if (!gradients[1].defined()) return {gradients[0], at::Tensor(), at::Tensor(), at::Tensor()};
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &statistics = saved[2];
    const at::Tensor beside = plainRows(gradients[0]), gradY = plainRows(gradients[1]);
    at::Tensor gradX = at::empty_like(x);
    inRows(x, [&](auto number, std::int64_t first, std::int64_t last) {
      using T = decltype(number);
      kernels::layerNormBackward<T>(layerNormOf<T>(x, weight, {}, 0), numbersOf<float>(statistics), numbersOf<T>(gradY),
                                    numbersOf<T>(beside), numbersOf<T>(gradX), first, last);
    });
    return {gradX, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

NormedBeside rmsNormBeside(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  if (kernelsServe(x)) {
    const variable_list both = RmsNormFunction::apply(x, weight, epsilon);
    return {both[0], both[1]};
  }
#if INCIPIT_FUSED_RMS_NORM
  return {x, at::rms_norm(x, {x.size(1)}, weight, epsilon)};
#else
  const at::Tensor wide = x.to(at::kFloat);
  return {x, (wide * at::rsqrt(wide.square().mean(1, true) + epsilon)).to(x.scalar_type()) * weight};
#endif
}

NormedBeside layerNormBeside(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  const bool plain = kernelsServe(x) && !weight.requires_grad() && weight.scalar_type() == x.scalar_type();
  if (!plain) return {x, at::layer_norm(x, {x.size(1)}, weight, bias, epsilon)};
  const variable_list both = LayerNormFunction::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt, epsilon);
  return {both[0], both[1]};
}

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) { return rmsNormBeside(x, weight, epsilon).normed; }

at::Tensor layerNorm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return layerNormBeside(x, weight, bias, epsilon).normed;
}

}  // namespace incipit
