#include "core/library/groups.h"

#include <algorithm>
#include <map>

namespace incipit {
namespace {

void judge(RunGroup& group, const std::vector<RunEntry>& runs) {
  std::vector<double> values;
  group.metric = runs[group.members.front()].metric;
  for (const std::size_t member : group.members) {
    if (!runs[member].best || runs[member].metric != group.metric) return;
    values.push_back(*runs[member].best);
  }
  double sum = 0;
  for (const double value : values)
    sum += value;
  group.mean = sum / static_cast<double>(values.size());
  group.low = *std::ranges::min_element(values);
  group.high = *std::ranges::max_element(values);
}

}  // namespace

std::vector<RunGroup> groupsBy(const std::string& knob, const std::vector<RunEntry>& runs, const Differing& differing) {
  std::vector<RunGroup> groups;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    std::string name;
    for (std::size_t i = 0; i < differing.knobs.size(); ++i) {
      const bool tells = knob == butTheSeed ? differing.knobs[i] != butTheSeed : differing.knobs[i] == knob;
      if (tells) name += (name.empty() ? "" : ", ") + differing.knobs[i] + " " + differing.values[run][i];
    }
    if (name.empty()) name = "all runs";
    auto group = std::ranges::find(groups, name, &RunGroup::name);
    if (group == groups.end()) group = groups.insert(groups.end(), {name, {}, {}, {}, {}, {}});
    group->members.push_back(run);
  }
  for (RunGroup& group : groups)
    judge(group, runs);
  return groups;
}

std::vector<BandPoint> bandOf(const std::vector<std::vector<std::pair<double, double>>>& curves) {
  struct Seen {
    std::size_t count = 0;
    double sum = 0, low = 0, high = 0;
  };
  std::map<double, Seen> places;
  for (const auto& curve : curves)
    for (const auto& [x, y] : curve) {
      Seen& seen = places[x];
      seen.low = seen.count == 0 ? y : std::min(seen.low, y);
      seen.high = seen.count == 0 ? y : std::max(seen.high, y);
      seen.sum += y;
      ++seen.count;
    }
  std::vector<BandPoint> band;
  for (const auto& [x, seen] : places)
    if (seen.count == curves.size()) band.push_back({x, seen.sum / static_cast<double>(seen.count), seen.low, seen.high});
  return band;
}

}  // namespace incipit
