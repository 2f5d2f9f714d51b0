#include "core/model/attention_plan.h"

#include <algorithm>

namespace incipit {

AttentionPlan planAttention(const Forest& forest, std::int64_t firstRow, const std::vector<std::int64_t>* scored) {
  AttentionPlan plan;
  plan.rows = forest.rows();
  const auto& segments = forest.segments();
  for (const Segment& segment : segments) {
    const std::int64_t end = segment.begin + segment.length;
    QueryRun run{plan.queries, {}, {}};
    if (scored != nullptr) {
      const auto from = std::lower_bound(scored->begin(), scored->end(), std::max(segment.begin, firstRow));
      for (auto row = from; row != scored->end() && *row < end; ++row)
        run.visible.push_back(segment.position + *row - segment.begin + 1);
    } else {
      for (std::int64_t row = std::max(segment.begin, firstRow); row < end; ++row)
        run.visible.push_back(segment.position + row - segment.begin + 1);
    }
    if (run.visible.empty()) continue;
    for (int ancestor = segment.parent; ancestor >= 0; ancestor = segments[static_cast<std::size_t>(ancestor)].parent) {
      const Segment& above = segments[static_cast<std::size_t>(ancestor)];
      if (above.length > 0) run.keys.push_back({above.begin, above.length});
    }
    std::reverse(run.keys.begin(), run.keys.end());
    run.keys.push_back({segment.begin, run.visible.back() - segment.position});
    plan.queries += static_cast<std::int64_t>(run.visible.size());
    plan.runs.push_back(std::move(run));
  }
  return plan;
}

}  // namespace incipit
