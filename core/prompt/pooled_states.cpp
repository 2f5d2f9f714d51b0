#include "core/model/frozen_model.h"
#include "core/model/to_device.h"
#include "core/prompt/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/index_add.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

namespace incipit {

at::Tensor pooledStates(const FrozenModel& model, Pooling pooling, const at::Tensor& states, const std::vector<std::int64_t>& counts) {
  if (pooling != Pooling::Mean || counts.empty()) return pooling == Pooling::Mean ? states : model.pooled(states);
  std::vector<std::int64_t> owners;  // the text of each row
  std::vector<float> shares;         // 1 / rows of a text
  for (std::size_t text = 0; text < counts.size(); ++text) {
    owners.insert(owners.end(), static_cast<std::size_t>(counts[text]), static_cast<std::int64_t>(text));
    shares.push_back(1 / static_cast<float>(counts[text]));
  }
  const auto texts = static_cast<std::int64_t>(counts.size());
  const at::Tensor rows = states.to(at::kFloat);  // [S, H]
  const at::Tensor sums = at::zeros({texts, rows.size(1)}, rows.options()).index_add(0, toDevice(at::tensor(owners), rows.device()), rows);
  return sums * toDevice(at::tensor(shares), rows.device()).unsqueeze(1);  // [B, H]
}

}  // namespace incipit
