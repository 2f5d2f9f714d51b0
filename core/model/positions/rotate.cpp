// The turning of queries and keys, both ways: by a kernel on the processor, by library operators elsewhere.
#include "core/model/kernels/row_kernels.h"
#include "core/model/kernels/tensor_numbers.h"
#include "core/model/positions/rotary.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t rowsPerTask = 16;

at::Tensor turned(const at::Tensor& x, const Turning& turning, std::int64_t heads, float direction) {
  const RotaryTable& table = turning.table;
  const at::Tensor rows = x.stride(1) == 1 ? x : x.contiguous();
  at::Tensor y = at::empty({x.size(0), x.size(1)}, x.options());
  const kernels::Rotation rotation{table.cosine.data_ptr<float>(),
                                   table.sine.data_ptr<float>(),
                                   turning.rows.data_ptr<std::int64_t>(),
                                   heads,
                                   x.size(1) / heads,
                                   table.rotated,
                                   table.pairs == RotaryTable::Pairs::Halves ? table.rotated / 2 : 1,
                                   table.pairs == RotaryTable::Pairs::Halves ? 1 : 2,
                                   direction};
  withNumberType(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    at::parallel_for(0, x.size(0), rowsPerTask, [&](std::int64_t first, std::int64_t last) {
      kernels::rotate(rotation, numbersOf<T>(rows), rows.stride(0), numbersOf<T>(y), first, last);
    });
  });
  return y;
}

struct RotaryFunction : torch::autograd::Function<RotaryFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& tableRows, const at::Tensor& cosine,
                            const at::Tensor& sine, std::int64_t rotated, RotaryTable::Pairs pairs, std::int64_t heads) {
    context->save_for_backward({tableRows, cosine, sine});
    context->saved_data["rotated"] = rotated;
    context->saved_data["neighbours"] = pairs == RotaryTable::Pairs::Neighbours;
    context->saved_data["heads"] = heads;
    return turned(x, {{cosine, sine, rotated, pairs}, tableRows}, heads, 1);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto pairs = context->saved_data["neighbours"].toBool() ? RotaryTable::Pairs::Neighbours : RotaryTable::Pairs::Halves;
    const Turning turning{{saved[1], saved[2], context->saved_data["rotated"].toInt(), pairs}, saved[0]};
    variable_list result(7);
    result[0] = turned(gradients[0], turning, context->saved_data["heads"].toInt(), -1);
    return result;
  }
};

// rotate by library operators, for other devices.
at::Tensor rotatedByOperators(const at::Tensor& x, const Turning& turning, std::int64_t heads) {
  const RotaryTable& table = turning.table;
  const std::int64_t half = table.rotated / 2;
  const at::Tensor perHead = x.reshape({x.size(0), heads, -1}).to(at::kFloat);        // [R, n, d]
  const at::Tensor cosine = table.cosine.index_select(0, turning.rows).unsqueeze(1);  // [R, 1, rotated/2]
  const at::Tensor sine = table.sine.index_select(0, turning.rows).unsqueeze(1);
  const bool halves = table.pairs == RotaryTable::Pairs::Halves;
  const at::Tensor a = halves ? perHead.narrow(2, 0, half) : perHead.slice(2, 0, table.rotated, 2);
  const at::Tensor b = halves ? perHead.narrow(2, half, half) : perHead.slice(2, 1, table.rotated, 2);
  const at::Tensor rest = perHead.narrow(2, table.rotated, perHead.size(2) - table.rotated);
  const at::Tensor first = a * cosine - b * sine, second = b * cosine + a * sine;
  const at::Tensor both = halves ? at::cat({first, second}, 2) : at::stack({first, second}, 3).flatten(2);
  return at::cat({both, rest}, 2).reshape({x.size(0), x.size(1)}).to(x.scalar_type());
}

}  // namespace

at::Tensor rotate(const at::Tensor& x, const Turning& turning, std::int64_t heads) {
  const RotaryTable& table = turning.table;
  if (kernelsServe(x)) return RotaryFunction::apply(x, turning.rows, table.cosine, table.sine, table.rotated, table.pairs, heads);
  return rotatedByOperators(x, turning, heads);
}

}  // namespace incipit
