#include "core/model/attention/key_value_cache.h"

#include <ATen/ops/empty.h>
#include <algorithm>

namespace incipit {

std::pair<at::Tensor, at::Tensor> KeyValueCache::append(std::size_t layer, const at::Tensor& keys, const at::Tensor& values) {
  if (m_layers.size() <= layer) m_layers.resize(layer + 1);
  Layer& mine = m_layers[layer];
  const std::int64_t rows = mine.rows + keys.size(0);
  if (!mine.keys.defined() || mine.keys.size(0) < rows) {
    const std::int64_t capacity = std::max<std::int64_t>(64, 2 * rows);
    const auto grown = [&](const at::Tensor& old, const at::Tensor& like) {
      at::Tensor bigger = at::empty({capacity, like.size(1)}, like.options());
      if (mine.rows > 0) bigger.narrow(0, 0, mine.rows).copy_(old.narrow(0, 0, mine.rows));
      return bigger;
    };
    mine.keys = grown(mine.keys, keys);
    mine.values = grown(mine.values, values);
  }
  mine.keys.narrow(0, mine.rows, keys.size(0)).copy_(keys);
  mine.values.narrow(0, mine.rows, values.size(0)).copy_(values);
  mine.rows = rows;
  return {mine.keys.narrow(0, 0, rows), mine.values.narrow(0, 0, rows)};
}

std::optional<std::pair<at::Tensor, at::Tensor>> KeyValueCache::kept(std::size_t layer) const {
  if (m_layers.size() <= layer || m_layers[layer].rows == 0) return std::nullopt;
  const Layer& mine = m_layers[layer];
  return std::pair(mine.keys.narrow(0, 0, mine.rows), mine.values.narrow(0, 0, mine.rows));
}

}  // namespace incipit
