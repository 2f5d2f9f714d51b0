#include "core/inspection/movement.h"

#include "core/support/error.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <ranges>

namespace incipit {

SoftPrompt meanMovement(const SoftPrompt& prompt, const SoftPrompt& start) {
  if (prompt.length() != start.length() || prompt.width() != start.width() || prompt.length() == 0)
    throw ModelError("The prompt and its start are of different sizes.", "Compare prompts of one run.");
  SoftPrompt mean;
  mean.origin = prompt.origin;
  mean.rows = Matrix(1, prompt.width());
  for (std::int64_t column = 0; column < prompt.width(); ++column) {
    const auto at = static_cast<std::size_t>(column);
    double sum = 0;
    for (std::int64_t row = 0; row < prompt.length(); ++row)
      sum += static_cast<double>(prompt.rows.row(row)[at]) - start.rows.row(row)[at];
    mean.rows.values[at] = static_cast<float>(sum / static_cast<double>(prompt.length()));
  }
  return mean;
}

ChanceBand chanceBand(const Neighbourhood& random) {
  ChanceBand band;
  const std::size_t places = random.rows.empty() ? 0 : random.rows.front().neighbours.size();
  for (std::size_t place = 0; place < places; ++place) {
    std::vector<float> scores;
    for (const RowNeighbours& row : random.rows)
      scores.push_back(row.neighbours[place].score);
    std::ranges::sort(scores);
    const auto at = [&](double share) { return scores[static_cast<std::size_t>(share * static_cast<double>(scores.size() - 1) + 0.5)]; };
    const bool few = scores.size() < 20;
    band.low.push_back(few ? scores.front() : at(0.05));
    band.high.push_back(few ? scores.back() : at(0.95));
  }
  return band;
}

std::vector<std::int64_t> sharingGroups(const Neighbourhood& found) {
  std::vector<std::int64_t> leader(found.rows.size());
  std::iota(leader.begin(), leader.end(), 0);
  const auto leaderOf = [&](std::int64_t row) {
    while (leader[static_cast<std::size_t>(row)] != row)
      row = leader[static_cast<std::size_t>(row)];
    return row;
  };
  std::map<TokenId, std::int64_t> first;  // row that has a token among its neighbours
  for (std::size_t row = 0; row < found.rows.size(); ++row)
    for (const Neighbour& neighbour : found.rows[row].neighbours) {
      const auto known = first.try_emplace(neighbour.token, static_cast<std::int64_t>(row)).first->second;
      const auto a = leaderOf(known), b = leaderOf(static_cast<std::int64_t>(row));
      leader[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
  std::vector<std::int64_t> groups(found.rows.size(), -1);
  std::map<std::int64_t, std::vector<std::size_t>> members;
  for (std::size_t row = 0; row < groups.size(); ++row)
    members[leaderOf(static_cast<std::int64_t>(row))].push_back(row);
  std::int64_t next = 0;
  for (const auto& rows : members | std::views::values) {
    if (rows.size() < 2) continue;
    for (const std::size_t row : rows)
      groups[row] = next;
    ++next;
  }
  return groups;
}

std::vector<Exchanged> exchanged(const Neighbourhood& now, const Neighbourhood& before) {
  std::vector<Exchanged> all(std::min(now.rows.size(), before.rows.size()));
  const auto missing = [](const RowNeighbours& from, const RowNeighbours& in) {
    std::vector<TokenId> tokens;
    for (const Neighbour& neighbour : from.neighbours)
      if (std::ranges::find(in.neighbours, neighbour.token, &Neighbour::token) == in.neighbours.end()) tokens.push_back(neighbour.token);
    return tokens;
  };
  for (std::size_t row = 0; row < all.size(); ++row)
    all[row] = {missing(now.rows[row], before.rows[row]), missing(before.rows[row], now.rows[row])};
  return all;
}

}  // namespace incipit
