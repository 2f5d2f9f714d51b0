#include "core/coach/run_seen.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace incipit {

namespace {

RunSeen::Losses lossesOf(std::span<const Stepped> steps) {
  RunSeen::Losses losses;
  const auto count = static_cast<double>(steps.size());
  for (const Stepped& step : steps)
    losses.mean += step.loss / count;
  double squares = 0;
  for (const Stepped& step : steps)
    squares += (step.loss - losses.mean) * (step.loss - losses.mean);
  losses.deviation = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  return losses;
}

}  // namespace

void RunSeen::follow(const TrainingEvent& event) {
  if (const auto* start = std::get_if<Started>(&event)) {
    started = *start;
    // Going on from a checkpoint: what came behind it is done again.
    for (auto* kept : {&first, &last})
      std::erase_if(*kept, [&](const Stepped& step) { return step.step >= start->firstStep; });
    steps = start->firstStep - 1;
    std::erase_if(looks, [&](const Evaluated& look) { return look.step >= start->firstStep; });
    summary.reset();
    ended = false;
  } else if (const auto* step = std::get_if<Stepped>(&event)) {
    ++steps;
    if (first.size() < longestWindow) first.push_back(*step);
    if (last.size() == longestWindow) last.erase(last.begin());
    last.push_back(*step);
  } else if (const auto* look = std::get_if<Evaluated>(&event)) {
    if (!look->whole) looks.push_back(*look);
  } else if (const auto* finished = std::get_if<Finished>(&event)) {
    summary = finished->summary;
    ended = true;
  } else if (const auto* stopped = std::get_if<Stopped>(&event)) {
    summary = stopped->summary;
    ended = true;
  }
}

std::size_t RunSeen::window() const {
  return std::min(last.size(), std::clamp<std::size_t>(static_cast<std::size_t>(steps) / 5, 10, longestWindow));
}

RunSeen::Losses RunSeen::early() const { return lossesOf(std::span(first).first(std::min(window(), first.size()))); }
RunSeen::Losses RunSeen::late() const { return lossesOf(std::span(last).last(window())); }

double RunSeen::share() const {
  if (ended) return 1;
  return started.totalSteps > 0 && !last.empty() ? static_cast<double>(last.back().step) / static_cast<double>(started.totalSteps) : 0;
}

std::optional<double> RunSeen::lossOfGuessing() const {
  const auto& counts = started.classExamples;
  const double all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  if (!classifies() || all <= 0) return std::nullopt;
  double entropy = 0;
  for (const std::int64_t count : counts)
    if (count > 0) entropy -= static_cast<double>(count) / all * std::log(static_cast<double>(count) / all);
  return entropy;
}

std::optional<double> RunSeen::shareOfMajority() const {
  const auto& counts = started.classExamples;
  const double all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  if (!classifies() || all <= 0) return std::nullopt;
  return static_cast<double>(std::ranges::max(counts)) / all;
}

const Evaluated* RunSeen::bestValidation() const {
  const auto best = std::ranges::min_element(looks, {}, &Evaluated::loss);
  return best == looks.end() ? nullptr : &*best;
}

}  // namespace incipit
