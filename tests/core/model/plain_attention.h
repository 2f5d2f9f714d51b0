// The plain formula softmax(cap(q k^T scale) + bias) v, run by run, in library operators: what every attention is tested against.
#pragma once

#include "core/model/layers/layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <limits>

namespace incipit::test {

inline at::Tensor plainAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionPlan& plan,
                                 const AttentionHeads& heads) {
  const auto perHead = [&](const at::Tensor& x, std::int64_t count) { return x.reshape({x.size(0), count, heads.size}).transpose(0, 1); };
  std::vector<at::Tensor> outputs;
  for (const QueryRun& run : plan.runs) {
    std::vector<at::Tensor> keys, values;
    for (const RowRange& range : run.keys) {
      keys.push_back(k.narrow(0, range.begin, range.length));
      values.push_back(v.narrow(0, range.begin, range.length));
    }
    const std::int64_t count = static_cast<std::int64_t>(run.visible.size()), share = heads.heads / heads.keyValueHeads;
    const at::Tensor queries = perHead(q.narrow(0, run.firstQuery, count), heads.heads);                     // [n, c, d]
    const at::Tensor allKeys = perHead(at::cat(keys), heads.keyValueHeads).repeat_interleave(share, 0);      // [n, T, d]
    const at::Tensor allValues = perHead(at::cat(values), heads.keyValueHeads).repeat_interleave(share, 0);  // [n, T, d]
    at::Tensor scores = at::matmul(queries, allKeys.transpose(1, 2)).to(at::kFloat) * heads.scale;           // [n, c, T]
    if (heads.softCap > 0) scores = at::tanh(scores / heads.softCap) * heads.softCap;
    const at::Tensor visible = at::tensor(run.visible, at::kLong).unsqueeze(1);               // [c, 1]
    const at::Tensor position = at::arange(allKeys.size(1), visible.options()).unsqueeze(0);  // [1, T]
    if (heads.distanceBias.defined()) {
      const at::Tensor asking = at::tensor(run.position, at::kLong).unsqueeze(1);  // [c, 1]
      const at::Tensor way = position - asking + heads.distanceBias.size(1) / 2;   // [c, T]
      scores = scores + heads.distanceBias.index_select(1, way.flatten()).view(scores.sizes());
    }
    if (heads.keyBias.defined()) scores = scores + heads.keyBias.narrow(1, 0, allKeys.size(1)).unsqueeze(1);
    at::Tensor hidden = position >= visible;  // [c, T]
    if (heads.window > 0) hidden = hidden.logical_or(position < visible - heads.window);
    scores = scores.masked_fill(hidden, -std::numeric_limits<float>::infinity());
    const at::Tensor mixed = at::matmul(at::softmax(scores, -1).to(q.scalar_type()), allValues);  // [n, c, d]
    outputs.push_back(mixed.transpose(0, 1).reshape({count, heads.heads * heads.size}));
  }
  return at::cat(outputs);
}

}  // namespace incipit::test
