// Rows joined to their nearest ones, the same both ways: what t-SNE and UMAP pull together.
#pragma once

#include "core/inspection/nearest_vectors.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace incipit {

struct NeighbourGraph {
  std::vector<std::int64_t> offsets;  // [count + 1]: where the edges of each row begin
  std::vector<std::int32_t> ids;      // of the other end, ascending within a row
  std::vector<float> weights;

  std::int64_t count() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

// `weights` [count, k] of the edges from each row to its nearest; an edge of the graph weighs joined(there, back), where one of both may be
// 0.
NeighbourGraph joinBothWays(const NearestVectors& nearest, const std::vector<float>& weights,
                            const std::function<float(float there, float back)>& joined);

}  // namespace incipit
