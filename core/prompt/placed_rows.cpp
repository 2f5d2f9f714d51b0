#include "core/prompt/placed_rows.h"

#include "core/model/to_device.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <algorithm>

namespace incipit {

at::Tensor inPlaces(const at::Tensor& prompt, const at::Tensor& words, const std::vector<std::int64_t>& sequence) {
  const auto copies = std::count_if(sequence.begin(), sequence.end(), [](std::int64_t item) { return item < 0; });
  std::vector<std::int64_t> rows, order;  // of the prompt, one a copy; of the copies above the words
  std::int64_t word = copies;
  for (const std::int64_t item : sequence) {
    order.push_back(item < 0 ? static_cast<std::int64_t>(rows.size()) : word++);
    if (item < 0) rows.push_back(-1 - item);
  }
  const auto indices = [&](const std::vector<std::int64_t>& list) { return toDevice(at::tensor(list, at::kLong), words.device()); };
  const at::Tensor placed = prompt.index_select(0, indices(rows)).to(words.scalar_type());  // [copies, H]
  return at::cat({placed, words}).index_select(0, indices(order));
}

}  // namespace incipit
