// Somebody who looks into a pass through a model: at the rows between its blocks, and at who attends to whom. Without one (Pass::observer)
// a pass does exactly what it does otherwise; with one it computes the same, and hands out what it has at hand. The kernels keep no
// attention: it is computed from queries and keys by whoever wants to see it (core/inspection/attention.h).
// Letters: R rows of the pass, S scored rows, H hidden size, n heads, kv key/value heads, d head size.
#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace incipit {

struct AttentionHeads;
struct AttentionPlan;

class PassObserver {
 public:
  virtual ~PassObserver() = default;

  // Rows [R, H] as they enter block `block`; with `block` the number of blocks, what the last one gave [S, H], in front of the final norm.
  virtual void state(std::int64_t /*block*/, const at::Tensor& /*rows*/) {}
  // Queries [S, n * d] and keys [R, kv * d] of a block as they meet, norms and rotation done; the plan says who sees whom, the heads how
  // scores are scaled, capped and biased. `across`: from an answer to the text, of encoder-decoder models.
  virtual void attention(std::int64_t /*block*/, bool /*across*/, const at::Tensor& /*queries*/, const at::Tensor& /*keys*/,
                         const AttentionPlan& /*plan*/, const AttentionHeads& /*heads*/) {}
};

}  // namespace incipit
