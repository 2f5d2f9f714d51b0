#include "core/model/attention/attention_plan.h"

#include <algorithm>

namespace incipit {
namespace {

// Positions of those rows of a segment that ask, ascending.
std::vector<std::int64_t> askingPositions(const Segment& segment, std::int64_t firstRow, const std::vector<std::int64_t>* scored) {
  std::vector<std::int64_t> positions;
  const std::int64_t end = segment.begin + segment.length, from = std::max(segment.begin, firstRow);
  const auto ask = [&](std::int64_t row) { positions.push_back(segment.position + row - segment.begin); };
  if (scored != nullptr) {
    for (auto row = std::lower_bound(scored->begin(), scored->end(), from); row != scored->end() && *row < end; ++row)
      ask(*row);
  } else {
    for (std::int64_t row = from; row < end; ++row)
      ask(row);
  }
  return positions;
}

void append(AttentionPlan& plan, QueryRun run) {
  run.firstQuery = plan.queries;
  plan.queries += static_cast<std::int64_t>(run.visible.size());
  plan.runs.push_back(std::move(run));
}

}  // namespace

AttentionPlan planAttention(const Forest& forest, std::int64_t firstRow, const std::vector<std::int64_t>* scored) {
  AttentionPlan plan;
  plan.rows = forest.rows();
  const auto& segments = forest.segments();
  for (const Segment& segment : segments) {
    QueryRun run{0, {}, askingPositions(segment, firstRow, scored), {}};
    if (run.position.empty()) continue;
    for (const std::int64_t position : run.position)
      run.visible.push_back(position + 1);
    for (int ancestor = segment.parent; ancestor >= 0; ancestor = segments[static_cast<std::size_t>(ancestor)].parent) {
      const Segment& above = segments[static_cast<std::size_t>(ancestor)];
      if (above.length > 0) run.keys.push_back({above.begin, above.length});
    }
    std::reverse(run.keys.begin(), run.keys.end());
    run.keys.push_back({segment.begin, run.visible.back() - segment.position});
    append(plan, std::move(run));
  }
  return plan;
}

AttentionPlan planAcross(const Forest& forest, const Forest& texts, std::int64_t firstRow, const std::vector<std::int64_t>* scored) {
  AttentionPlan plan;
  plan.rows = texts.rows();
  for (const Segment& segment : forest.segments()) {
    QueryRun run{0, {}, askingPositions(segment, firstRow, scored), {}};
    if (run.position.empty()) continue;
    const Segment& source = texts.segments()[static_cast<std::size_t>(segment.source)];
    run.visible.assign(run.position.size(), source.length);
    run.keys.push_back({source.begin, source.length});
    append(plan, std::move(run));
  }
  return plan;
}

AttentionPlan planBothWays(const Forest& texts, const std::vector<std::int64_t>* scored) {
  AttentionPlan plan;
  plan.rows = texts.rows();
  for (const Segment& segment : texts.segments()) {
    QueryRun run{0, {}, askingPositions(segment, 0, scored), {{segment.begin, segment.length}}};
    if (run.position.empty()) continue;
    run.visible.assign(run.position.size(), segment.length);
    append(plan, std::move(run));
  }
  return plan;
}

}  // namespace incipit
