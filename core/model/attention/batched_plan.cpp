#include "core/model/attention/batched_plan.h"

#include "core/model/layers/layers.h"
#include "core/model/to_device.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <limits>
#include <numeric>
#include <torch/version.h>
#include <utility>

// LibTorch's fused attention takes the scale from 2.1 on.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
#define INCIPIT_FUSED_ATTENTION 1
#include <ATen/ops/scaled_dot_product_attention.h>
#else
#define INCIPIT_FUSED_ATTENTION 0
#endif

namespace incipit {
namespace {

std::int64_t queriesOf(const QueryRun& run) { return static_cast<std::int64_t>(run.visible.size()); }

std::int64_t keysOf(const QueryRun& run) {
  return std::accumulate(run.keys.begin(), run.keys.end(), std::int64_t{0},
                         [](std::int64_t sum, const RowRange& range) { return sum + range.length; });
}

// A run goes with longer ones when it has at least half their queries, and with others of few queries in any case: there padding costs less
// than the dozen launches of another group.
std::vector<std::vector<const QueryRun*>> groupsOf(const AttentionPlan& plan) {
  constexpr std::int64_t few = 64;
  std::vector<const QueryRun*> runs;
  for (const QueryRun& run : plan.runs)
    runs.push_back(&run);
  std::stable_sort(runs.begin(), runs.end(), [](const QueryRun* a, const QueryRun* b) { return queriesOf(*a) > queriesOf(*b); });
  std::vector<std::vector<const QueryRun*>> groups;
  for (const QueryRun* run : runs) {
    if (groups.empty() || 2 * std::max(queriesOf(*run), few) < queriesOf(*groups.back().front())) groups.emplace_back();
    groups.back().push_back(run);
  }
  return groups;
}

bool isFused(const AttentionHeads& heads) { return INCIPIT_FUSED_ATTENTION != 0 && heads.softCap == 0; }

// q [B, n, C, d], k and v [B, n, T, d] -> [B, n, C, d]
at::Tensor mixed(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask, const AttentionHeads& heads) {
#if INCIPIT_FUSED_ATTENTION
  if (isFused(heads)) return at::scaled_dot_product_attention(q, k, v, mask, 0, false, heads.scale);
#endif
  // On the processor LibTorch 1.13 adds up products of bf16 in bf16.
  const at::ScalarType type = q.is_cpu() ? at::kFloat : q.scalar_type();
  at::Tensor scores = at::matmul(q.to(type), k.to(type).transpose(2, 3)).to(at::kFloat) * heads.scale;  // [B, n, C, T]
  if (heads.softCap > 0) scores = at::tanh(scores / heads.softCap) * heads.softCap;
  return at::matmul(at::softmax(scores + mask, -1).to(type), v.to(type)).to(q.scalar_type());
}

// Rows of k or v, many of them picked for several runs: in fp32, so that their gradients add up in fp32 as well.
at::Tensor pickedByMany(const at::Tensor& x, const at::Tensor& rows) {
  return x.to(at::kFloat).index_select(0, rows.flatten()).to(x.scalar_type());
}

}  // namespace

BatchedPlan::BatchedPlan(const AttentionPlan& plan, const at::Device& device) {
  const auto groups = groupsOf(plan);
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(plan.queries));  // all index tensors, for one copy; first the places
  struct Extent {
    std::int64_t runs, queries, keys;  // B, C, T
  };
  std::vector<Extent> extents;
  std::int64_t answers = 0;
  for (const auto& group : groups) {
    Extent extent{static_cast<std::int64_t>(group.size()), queriesOf(*group.front()), 0};
    for (const QueryRun* run : group)
      extent.keys = std::max(extent.keys, keysOf(*run));
    extent.keys = (extent.keys + 7) / 8 * 8;  // fused kernels read masks of whole vectors
    extents.push_back(extent);
    const auto padded = [&](const auto& values, std::int64_t length, std::int64_t padding) {
      numbers.insert(numbers.end(), values.begin(), values.end());
      numbers.insert(numbers.end(), static_cast<std::size_t>(length) - values.size(), padding);
    };
    std::vector<std::int64_t> rows;
    for (const QueryRun* run : group) {
      rows.resize(run->visible.size());
      std::iota(rows.begin(), rows.end(), run->firstQuery);
      padded(rows, extent.queries, run->firstQuery);
      std::iota(numbers.begin() + run->firstQuery, numbers.begin() + run->firstQuery + queriesOf(*run), answers);
      answers += extent.queries;
    }
    for (const QueryRun* run : group) {
      rows.clear();
      for (const RowRange& range : run->keys)
        for (std::int64_t row = range.begin; row < range.begin + range.length; ++row)
          rows.push_back(row);
      padded(rows, extent.keys, run->keys.front().begin);
    }
    for (const QueryRun* run : group)
      padded(run->visible, extent.queries, 1);
    for (const QueryRun* run : group)
      padded(run->position, extent.queries, 0);
  }

  const at::Tensor all = toDevice(at::tensor(numbers, at::kLong), device);
  std::int64_t first = 0;
  const auto next = [&](std::int64_t count) { return all.narrow(0, std::exchange(first, first + count), count); };
  m_places = next(plan.queries);
  for (const Extent& extent : extents) {
    const auto table = [&](std::int64_t columns) { return next(extent.runs * columns).view({extent.runs, columns}); };
    Group group;
    group.queries = table(extent.queries);
    group.keys = table(extent.keys);
    group.visible = table(extent.queries);
    group.position = table(extent.queries);
    m_groups.push_back(std::move(group));
  }
}

at::Tensor BatchedPlan::attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionHeads& heads) const {
  const std::int64_t share = heads.heads / heads.keyValueHeads;
  const auto perHead = [&](const at::Tensor& picked, const at::Tensor& rows, std::int64_t count) {
    return picked.view({rows.size(0), rows.size(1), count, heads.size}).transpose(1, 2);  // [B, heads, rows, d]
  };
  const auto forAllHeads = [&](const at::Tensor& x) {  // [B, kv, T, d] -> [B, n, T, d]
    if (share == 1) return x;
    return x.unsqueeze(2).expand({-1, -1, share, -1, -1}).reshape({x.size(0), heads.heads, x.size(2), heads.size});
  };
  std::vector<at::Tensor> answers;
  for (std::size_t i = 0; i < m_groups.size(); ++i) {
    const Group& group = m_groups[i];
    const at::Tensor queries = perHead(q.index_select(0, group.queries.flatten()), group.queries, heads.heads);
    const at::Tensor keys = forAllHeads(perHead(pickedByMany(k, group.keys), group.keys, heads.keyValueHeads));
    const at::Tensor values = forAllHeads(perHead(pickedByMany(v, group.keys), group.keys, heads.keyValueHeads));
    const at::Tensor mask = maskOf(i, heads, isFused(heads) ? q.scalar_type() : at::kFloat);
    answers.push_back(mixed(queries, keys, values, mask, heads).transpose(1, 2).reshape({-1, heads.heads * heads.size}));  // [B * C, n * d]
  }
  return (answers.size() == 1 ? answers.front() : at::cat(answers)).index_select(0, m_places);
}

at::Tensor BatchedPlan::maskOf(std::size_t group, const AttentionHeads& heads, at::ScalarType type) const {
  const at::Tensor& bias = heads.distanceBias.defined() ? heads.distanceBias : heads.keyBias;
  const std::lock_guard lock(m_guard);
  for (const Mask& mask : m_masks)
    if (mask.group == group && mask.window == heads.window && mask.bias.is_same(bias) && mask.values.scalar_type() == type)
      return mask.values;
  m_masks.push_back({group, heads.window, bias, makeMask(m_groups[group], heads).to(type)});
  return m_masks.back().values;
}

at::Tensor BatchedPlan::makeMask(const Group& group, const AttentionHeads& heads) const {
  const std::int64_t runs = group.keys.size(0), queries = group.queries.size(1), keys = group.keys.size(1);
  const at::Tensor visible = group.visible.unsqueeze(2);                  // [B, C, 1]
  const at::Tensor position = at::arange(keys, group.visible.options());  // [T]
  at::Tensor hidden = position >= visible;                                // [B, C, T]
  if (heads.window > 0) hidden = hidden.logical_or(position < visible - heads.window);
  at::Tensor bias;  // [B, 1 or n, C, T]
  if (heads.distanceBias.defined()) {
    const std::int64_t ways = heads.distanceBias.size(1);
    const at::Tensor way = (position - group.position.unsqueeze(2) + ways / 2).clamp(0, ways - 1);  // [B, C, T]; clamped: padding
    bias = heads.distanceBias.index_select(1, way.flatten()).view({heads.heads, runs, queries, keys}).transpose(0, 1);
  } else if (heads.keyBias.defined()) {
    // Counted from the last key that a query sees: softmax does not notice, and near keys keep their digits in bf16.
    const auto at = [&](const at::Tensor& where) {
      return heads.keyBias.index_select(1, where.flatten().clamp(0, heads.keyBias.size(1) - 1));
    };
    const at::Tensor last = at(visible - 1).view({heads.heads, runs, queries, 1});
    bias = (at(position).view({heads.heads, 1, 1, keys}) - last).transpose(0, 1);
  } else {
    bias = at::zeros({runs, 1, queries, keys}, group.visible.options().dtype(at::kFloat));
  }
  return bias.masked_fill(hidden.unsqueeze(1), -std::numeric_limits<float>::infinity()).contiguous();
}

}  // namespace incipit
