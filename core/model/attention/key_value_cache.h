// Keys and values of rows that were computed before: what makes a generated token cost one row.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace incipit {

class KeyValueCache {
 public:
  // Appends the rows of this pass [R, kv * d] to layer `layer`; returns all rows so far. Memory grows by doubling.
  std::pair<at::Tensor, at::Tensor> append(std::size_t layer, const at::Tensor& keys, const at::Tensor& values);
  // What append() was given for `layer`, for keys and values that never grow; nothing before the first append().
  std::optional<std::pair<at::Tensor, at::Tensor>> kept(std::size_t layer) const;

 private:
  struct Layer {
    at::Tensor keys, values;  // [capacity, kv * d]
    std::int64_t rows = 0;
  };
  std::vector<Layer> m_layers;
};

}  // namespace incipit
