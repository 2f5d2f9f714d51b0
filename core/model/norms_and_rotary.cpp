#include "core/model/kernels/row_kernels.h"
#include "core/model/layers.h"
#include "core/model/rotary.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/stack.h>
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

template <class T, class Stored>
kernels::RmsNorm<T> normOf(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  return {reinterpret_cast<const T*>(x.data_ptr<Stored>()), reinterpret_cast<const T*>(weight.data_ptr<Stored>()), x.size(1),
          static_cast<float>(epsilon)};
}

template <class T, class Stored>
const T* dataOf(const at::Tensor& matrix) {
  return matrix.defined() ? reinterpret_cast<const T*>(matrix.data_ptr<Stored>()) : nullptr;
}

// What both norms share: x goes past the norm and through it, so two gradients come back, and leave as their sum in one pass. Either may be
// missing.
at::Tensor plainRows(const at::Tensor& gradient) { return gradient.defined() ? gradient.contiguous() : gradient; }

struct RmsNormFunction : torch::autograd::Function<RmsNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, double epsilon) {
    const at::Tensor x = input.contiguous();
    at::Tensor y = at::empty_like(x);
    at::Tensor inverse = at::empty({x.size(0)}, x.options().dtype(at::kFloat));
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
      if (x.scalar_type() == at::kBFloat16) {
        kernels::rmsNormForward(normOf<kernels::Bf16, at::BFloat16>(x, weight, epsilon),
                                reinterpret_cast<kernels::Bf16*>(y.data_ptr<at::BFloat16>()), inverse.data_ptr<float>(), first, last);
      } else {
        kernels::rmsNormForward(normOf<float, float>(x, weight, epsilon), y.data_ptr<float>(), inverse.data_ptr<float>(), first, last);
      }
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
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
      if (x.scalar_type() == at::kBFloat16) {
        kernels::rmsNormBackward(normOf<kernels::Bf16, at::BFloat16>(x, weight, epsilon), inverse.data_ptr<float>(),
                                 dataOf<kernels::Bf16, at::BFloat16>(gradY), dataOf<kernels::Bf16, at::BFloat16>(beside),
                                 reinterpret_cast<kernels::Bf16*>(gradX.data_ptr<at::BFloat16>()), first, last);
      } else {
        kernels::rmsNormBackward(normOf<float, float>(x, weight, epsilon), inverse.data_ptr<float>(), gradY.data_ptr<float>(),
                                 dataOf<float, float>(beside), gradX.data_ptr<float>(), first, last);
      }
    });
    at::Tensor gradWeight;
    if (weight.requires_grad())
      gradWeight = (gradY.to(at::kFloat) * x.to(at::kFloat) * inverse.unsqueeze(1)).sum(0).to(weight.scalar_type());
    return {gradX, gradWeight, at::Tensor()};
  }
};

template <class T, class Stored>
kernels::LayerNorm<T> normOf(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return {reinterpret_cast<const T*>(x.data_ptr<Stored>()), reinterpret_cast<const T*>(weight.data_ptr<Stored>()),
          bias.defined() ? reinterpret_cast<const T*>(bias.data_ptr<Stored>()) : nullptr, x.size(1), static_cast<float>(epsilon)};
}

// Weight and bias are frozen: the way back needs x and two numbers a row.
struct LayerNormFunction : torch::autograd::Function<LayerNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, double epsilon) {
    const at::Tensor x = input.contiguous(), shift = bias.value_or(at::Tensor());
    at::Tensor y = at::empty_like(x);
    at::Tensor statistics = at::empty({x.size(0), 2}, x.options().dtype(at::kFloat));
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
      if (x.scalar_type() == at::kBFloat16) {
        kernels::layerNormForward(normOf<kernels::Bf16, at::BFloat16>(x, weight, shift, epsilon),
                                  reinterpret_cast<kernels::Bf16*>(y.data_ptr<at::BFloat16>()), statistics.data_ptr<float>(), first, last);
      } else {
        kernels::layerNormForward(normOf<float, float>(x, weight, shift, epsilon), y.data_ptr<float>(), statistics.data_ptr<float>(), first,
                                  last);
      }
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
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
      if (x.scalar_type() == at::kBFloat16) {
        kernels::layerNormBackward(normOf<kernels::Bf16, at::BFloat16>(x, weight, {}, 0), statistics.data_ptr<float>(),
                                   dataOf<kernels::Bf16, at::BFloat16>(gradY), dataOf<kernels::Bf16, at::BFloat16>(beside),
                                   reinterpret_cast<kernels::Bf16*>(gradX.data_ptr<at::BFloat16>()), first, last);
      } else {
        kernels::layerNormBackward(normOf<float, float>(x, weight, {}, 0), statistics.data_ptr<float>(), gradY.data_ptr<float>(),
                                   dataOf<float, float>(beside), gradX.data_ptr<float>(), first, last);
      }
    });
    return {gradX, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor turned(const at::Tensor& x, const at::Tensor& positions, const RotaryTable& table, std::int64_t heads, float direction) {
  const at::Tensor rows = x.stride(1) == 1 ? x : x.contiguous();
  at::Tensor y = at::empty({x.size(0), x.size(1)}, x.options());
  const kernels::Rotation rotation{table.cosine.data_ptr<float>(),
                                   table.sine.data_ptr<float>(),
                                   positions.data_ptr<std::int64_t>(),
                                   heads,
                                   x.size(1) / heads,
                                   table.rotated,
                                   table.pairs == RotaryTable::Pairs::Halves ? table.rotated / 2 : 1,
                                   table.pairs == RotaryTable::Pairs::Halves ? 1 : 2,
                                   direction};
  at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
    if (x.scalar_type() == at::kBFloat16) {
      kernels::rotate(rotation, reinterpret_cast<const kernels::Bf16*>(rows.data_ptr<at::BFloat16>()), rows.stride(0),
                      reinterpret_cast<kernels::Bf16*>(y.data_ptr<at::BFloat16>()), first, last);
    } else {
      kernels::rotate(rotation, rows.data_ptr<float>(), rows.stride(0), y.data_ptr<float>(), first, last);
    }
  });
  return y;
}

struct RotaryFunction : torch::autograd::Function<RotaryFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cosine,
                            const at::Tensor& sine, std::int64_t rotated, RotaryTable::Pairs pairs, std::int64_t heads) {
    context->save_for_backward({positions, cosine, sine});
    context->saved_data["rotated"] = rotated;
    context->saved_data["neighbours"] = pairs == RotaryTable::Pairs::Neighbours;
    context->saved_data["heads"] = heads;
    return turned(x, positions, {cosine, sine, rotated, pairs}, heads, 1);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto pairs = context->saved_data["neighbours"].toBool() ? RotaryTable::Pairs::Neighbours : RotaryTable::Pairs::Halves;
    const RotaryTable table{saved[1], saved[2], context->saved_data["rotated"].toInt(), pairs};
    variable_list result(7);
    result[0] = turned(gradients[0], saved[0], table, context->saved_data["heads"].toInt(), -1);
    return result;
  }
};

bool kernelsServe(const at::Tensor& x) {
  return x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

// rotate by library operators, for other devices.
at::Tensor rotatedByOperators(const at::Tensor& x, const at::Tensor& positions, const RotaryTable& table, std::int64_t heads) {
  const std::int64_t half = table.rotated / 2;
  const at::Tensor perHead = x.reshape({x.size(0), heads, -1}).to(at::kFloat);     // [R, n, d]
  const at::Tensor cosine = table.cosine.index_select(0, positions).unsqueeze(1);  // [R, 1, rotated/2]
  const at::Tensor sine = table.sine.index_select(0, positions).unsqueeze(1);
  const bool halves = table.pairs == RotaryTable::Pairs::Halves;
  const at::Tensor a = halves ? perHead.narrow(2, 0, half) : perHead.slice(2, 0, table.rotated, 2);
  const at::Tensor b = halves ? perHead.narrow(2, half, half) : perHead.slice(2, 1, table.rotated, 2);
  const at::Tensor rest = perHead.narrow(2, table.rotated, perHead.size(2) - table.rotated);
  const at::Tensor first = a * cosine - b * sine, second = b * cosine + a * sine;
  const at::Tensor turned = halves ? at::cat({first, second}, 2) : at::stack({first, second}, 3).flatten(2);
  return at::cat({turned, rest}, 2).reshape({x.size(0), x.size(1)}).to(x.scalar_type());
}

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

at::Tensor rotate(const at::Tensor& x, const at::Tensor& positions, const RotaryTable& table, std::int64_t heads) {
  if (kernelsServe(x)) return RotaryFunction::apply(x, positions, table.cosine, table.sine, table.rotated, table.pairs, heads);
  return rotatedByOperators(x, positions, table, heads);
}

}  // namespace incipit
