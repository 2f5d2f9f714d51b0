#include "core/model/attention/batched_plan.h"
#include "core/model/kernels/attention_kernel.h"
#include "core/model/kernels/share_out.h"
#include "core/model/kernels/tensor_numbers.h"
#include "core/model/layers/layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <algorithm>
#include <torch/csrc/autograd/custom_function.h>

namespace incipit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

kernels::HeadShape shapeOf(const AttentionHeads& heads) {
  const bool byDistance = heads.distanceBias.defined();
  const at::Tensor& bias = byDistance ? heads.distanceBias : heads.keyBias;
  return {heads.heads,
          heads.keyValueHeads,
          heads.size,
          static_cast<float>(heads.scale),
          heads.window,
          static_cast<float>(heads.softCap),
          numbersOf<float>(bias),
          bias.defined() ? bias.size(1) : 0,
          byDistance,
          byDistance ? bias.size(1) / 2 : 0};
}

template <class T>
kernels::View<T> view(const at::Tensor& matrix) {
  return {numbersOf<T>(matrix), matrix.stride(0)};
}

template <class T>
void runForward(const AttentionPlan& plan, const kernels::HeadShape& shape, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                const at::Tensor& out, const at::Tensor& logSumExp) {
  const kernels::AttentionForward<T> io{view<const T>(q), view<const T>(k), view<const T>(v), view<T>(out), numbersOf<float>(logSumExp)};
  // A head's runs begin with the same keys, which one unit loads once; with few heads and many threads they are split all the same.
  const auto runs = static_cast<std::int64_t>(plan.runs.size()), groups = shape.keyValueHeads;
  const std::int64_t parts = std::min<std::int64_t>(std::max<std::int64_t>(runs, 1), (4 * at::get_num_threads() + groups - 1) / groups);
  shareOut(parts * groups, [&](std::int64_t unit) {
    const std::int64_t part = unit / groups;
    kernels::attentionForward(plan, shape, io, part * runs / parts, (part + 1) * runs / parts, unit % groups);
  });
}

// Whether the columns of `right` follow those of `left` in one matrix.
bool beside(const at::Tensor& left, const at::Tensor& right) {
  return left.size(0) == right.size(0) && left.stride(0) == right.stride(0) && left.stride(1) == 1 && right.stride(1) == 1 &&
         left.scalar_type() == right.scalar_type() && left.is_alias_of(right) &&
         static_cast<const char*>(left.data_ptr()) + static_cast<std::size_t>(left.size(1)) * left.itemsize() == right.data_ptr();
}

// New matrices of the same sizes. Neighbours within one wider matrix become neighbours again, so nothing has to be concatenated later.
std::vector<at::Tensor> likeThem(const std::vector<at::Tensor>& matrices) {
  std::vector<at::Tensor> rooms;
  for (std::size_t first = 0, last; first < matrices.size(); first = last) {
    std::int64_t width = matrices[first].size(1), column = 0;
    for (last = first + 1; last < matrices.size() && beside(matrices[last - 1], matrices[last]); ++last)
      width += matrices[last].size(1);
    const at::Tensor all = at::empty({matrices[first].size(0), width}, matrices[first].options());
    for (std::size_t i = first; i < last; column += matrices[i++].size(1))
      rooms.push_back(all.narrow(1, column, matrices[i].size(1)));
  }
  return rooms;
}

template <class T>
variable_list runBackward(const AttentionPlan& plan, const kernels::HeadShape& shape, const variable_list& saved,
                          const at::Tensor& gradOut) {
  const auto& [q, k, v, logSumExp] = std::tie(saved[0], saved[1], saved[2], saved[3]);
  const std::vector<at::Tensor> gradients = likeThem({q, k, v});
  const at::Tensor &gradQ = gradients[0], &gradK = gradients[1], &gradV = gradients[2];
  const kernels::AttentionBackward<T> io{
      view<const T>(q), view<const T>(k), view<const T>(v), view<const T>(gradOut), numbersOf<float>(logSumExp),
      view<T>(gradQ),   view<T>(gradK),   view<T>(gradV)};
  shareOut(shape.keyValueHeads, [&](std::int64_t group) { kernels::attentionBackward(plan, shape, io, group); });
  return {gradQ, gradK, gradV};
}

// A matrix whose rows are contiguous: what the kernels read. Column slices of a wider matrix qualify.
at::Tensor withPlainRows(const at::Tensor& matrix) { return matrix.stride(1) == 1 ? matrix : matrix.contiguous(); }

struct ForestAttention : torch::autograd::Function<ForestAttention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const std::shared_ptr<const AttentionPlan>& plan, const AttentionHeads& heads) {
    const at::Tensor queries = withPlainRows(q), keys = withPlainRows(k), values = withPlainRows(v);
    at::Tensor out = at::empty({q.size(0), q.size(1)}, q.options());
    at::Tensor logSumExp = at::empty({q.size(0), heads.heads}, q.options().dtype(at::kFloat));
    withNumberType(q.scalar_type(),
                   [&](auto number) { runForward<decltype(number)>(*plan, shapeOf(heads), queries, keys, values, out, logSumExp); });
    context->save_for_backward({queries, keys, values, logSumExp});
    context->saved_data["plan"] = c10::IValue::make_capsule(c10::make_intrusive<Holder>(plan, heads));
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto holder = c10::static_intrusive_pointer_cast<Holder>(context->saved_data["plan"].toCapsule());
    const auto saved = context->get_saved_variables();
    const at::Tensor gradOut = withPlainRows(gradients[0]);
    auto result = withNumberType(saved[0].scalar_type(), [&](auto number) {
      return runBackward<decltype(number)>(*holder->plan, shapeOf(holder->heads), saved, gradOut);
    });
    result.resize(5);
    return result;
  }

  struct Holder : torch::CustomClassHolder {
    Holder(std::shared_ptr<const AttentionPlan> p, const AttentionHeads& h) : plan(std::move(p)), heads(h) {}
    std::shared_ptr<const AttentionPlan> plan;
    AttentionHeads heads;
  };
};

struct Columns : torch::autograd::Function<Columns> {
  static variable_list forward(AutogradContext*, const at::Tensor& x, const std::vector<std::int64_t>& widths) {
    return x.split_with_sizes(widths, 1);
  }
  static variable_list backward(AutogradContext*, variable_list gradients) {
    std::int64_t width = gradients[0].size(1);
    bool together = true;
    for (std::size_t i = 1; i < gradients.size(); width += gradients[i++].size(1))
      together = together && beside(gradients[i - 1], gradients[i]);
    together = together && gradients[0].stride(0) == width;
    return {together ? gradients[0].as_strided({gradients[0].size(0), width}, {width, 1}) : at::cat(gradients, 1), at::Tensor()};
  }
};

}  // namespace

std::vector<at::Tensor> columns(const at::Tensor& x, const std::vector<std::int64_t>& widths) { return Columns::apply(x, widths); }

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::shared_ptr<const AttentionPlan>& plan,
                     const AttentionHeads& heads) {
  if (plan->batched != nullptr) return plan->batched->attend(q, k, v, heads);
  return ForestAttention::apply(q, k, v, plan, heads);
}

}  // namespace incipit
