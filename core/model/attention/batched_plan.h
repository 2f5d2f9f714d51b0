// An attention plan laid out for devices where a launch costs more than the arithmetic of a short text: runs of similar length are padded
// to the longest and go through together. Which rows stand where is copied to the device once a pass; a mask is made once a pass for every
// kind of layer.
// Letters: B runs of a group, C queries and T keys of its longest run, n heads, kv key/value heads, d head size.
#pragma once

#include "core/model/attention/attention_plan.h"

#include <ATen/core/Tensor.h>
#include <mutex>
#include <vector>

namespace incipit {

struct AttentionHeads;

class BatchedPlan {
 public:
  BatchedPlan(const AttentionPlan& plan, const at::Device& device);

  // attention() of layers.h in library operators: LibTorch's fused one where it has one and the scores have no cap.
  at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionHeads& heads) const;

 private:
  struct Group {
    // [B, C], [B, T], [B, C], [B, C] int64: rows of q, rows of k and v, and for every query what QueryRun says. Runs are padded with rows
    // of their own, so that a NaN in one tree stays there: queries whose answers are not read, keys that are hidden.
    at::Tensor queries, keys, visible, position;
  };
  struct Mask {
    std::size_t group;
    std::int64_t window;
    at::Tensor bias;    // the layer's own, by which it is found again
    at::Tensor values;  // [B, 1 or n, C, T], added to the scores; minus infinity where a key is hidden
  };
  at::Tensor maskOf(std::size_t group, const AttentionHeads& heads, at::ScalarType type) const;
  at::Tensor makeMask(const Group& group, const AttentionHeads& heads) const;

  std::vector<Group> m_groups;
  at::Tensor m_places;  // [queries] int64: where a query's answer stands among those of all groups
  mutable std::mutex m_guard;
  mutable std::vector<Mask> m_masks;  // a model has few kinds of layers
};

}  // namespace incipit
