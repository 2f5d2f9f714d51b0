#include "core/inspection/neighbour_graph.h"

#include <algorithm>
#include <utility>

namespace incipit {
namespace {

struct End {
  std::int32_t id;
  float there, back;
};

}  // namespace

NeighbourGraph joinBothWays(const NearestVectors& nearest, const std::vector<float>& weights,
                            const std::function<float(float there, float back)>& joined) {
  std::vector<std::int64_t> coming(static_cast<std::size_t>(nearest.count) + 1);  // where the edges that come to each row begin
  for (const std::int32_t id : nearest.ids)
    ++coming[static_cast<std::size_t>(id) + 1];
  for (std::size_t i = 1; i < coming.size(); ++i)
    coming[i] += coming[i - 1];
  std::vector<std::pair<std::int32_t, float>> back(nearest.ids.size());
  std::vector<std::int64_t> next = coming;
  for (std::size_t edge = 0; edge < nearest.ids.size(); ++edge)
    back[static_cast<std::size_t>(next[static_cast<std::size_t>(nearest.ids[edge])]++)] = {
        static_cast<std::int32_t>(static_cast<std::int64_t>(edge) / nearest.k), weights[edge]};

  NeighbourGraph graph;
  graph.offsets.push_back(0);
  std::vector<End> ends;
  for (std::int64_t i = 0; i < nearest.count; ++i) {
    ends.clear();
    for (std::int64_t j = 0; j < nearest.k; ++j)
      ends.push_back({nearest.idsOf(i)[static_cast<std::size_t>(j)], weights[static_cast<std::size_t>(i * nearest.k + j)], 0});
    for (std::int64_t j = coming[static_cast<std::size_t>(i)]; j < coming[static_cast<std::size_t>(i) + 1]; ++j)
      ends.push_back({back[static_cast<std::size_t>(j)].first, 0, back[static_cast<std::size_t>(j)].second});
    std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return std::pair(a.id, a.back) < std::pair(b.id, b.back); });
    for (std::size_t j = 0; j < ends.size(); ++j) {
      End end = ends[j];
      if (j + 1 < ends.size() && ends[j + 1].id == end.id) end.back = ends[++j].back;
      const float weight = joined(end.there, end.back);
      if (weight <= 0) continue;
      graph.ids.push_back(end.id);
      graph.weights.push_back(weight);
    }
    graph.offsets.push_back(static_cast<std::int64_t>(graph.ids.size()));
  }
  return graph;
}

}  // namespace incipit
