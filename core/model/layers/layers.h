// The layers of every family, as plain functions of rows and frozen weights. Letters: R rows, H hidden size, n heads, d head size.
// Differentiable with respect to the rows; with respect to the weights too where they require gradients (the demo model's own training).
#pragma once

#include "core/model/attention/attention_plan.h"
#include "core/model/layers/activation.h"
#include "core/model/weights/linear.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace incipit {

// bias may be undefined.
at::Tensor layerNorm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);
at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

// For x + f(norm(x)): use `past` in place of the first x. Its gradient and the norm's are then added in one pass.
struct NormedBeside {
  at::Tensor past;  // x
  at::Tensor normed;
};
NormedBeside layerNormBeside(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);
NormedBeside rmsNormBeside(const at::Tensor& x, const at::Tensor& weight, double epsilon);

struct AttentionHeads {
  std::int64_t heads;
  std::int64_t keyValueHeads;
  std::int64_t size;
  double scale;
  std::int64_t window = 0;  // sliding window: a row sees itself and the window - 1 rows before it; 0: all before it
  double softCap = 0;       // c: scores become c * tanh(score / c) (Gemma 2); 0: they stay
  at::Tensor keyBias{};     // [n, positions] fp32, added to the scores by the key's position (ALiBi); undefined: nothing
  // [n, 2 * positions - 1] fp32, added by the distance from query to key, 0 being in the middle (T5); in place of keyBias.
  at::Tensor distanceBias{};
};
// softmax(cap(q k^T scale) + bias) v: q [queries, n * d], k and v [rows, kv * d] -> [queries, n * d]; the plan says who sees whom. On the
// processor the kernels of kernels/attention_kernel.h, on other devices the plan's batched form (batched_plan.h).
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::shared_ptr<const AttentionPlan>& plan,
                     const AttentionHeads& heads);
// x [R, sum of widths] -> its columns, as views. Gradients that are neighbours in one matrix, as attention leaves them, are passed on
// without a copy.
std::vector<at::Tensor> columns(const at::Tensor& x, const std::vector<std::int64_t>& widths);

}  // namespace incipit
