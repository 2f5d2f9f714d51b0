#include "ui/plots/series.h"

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr std::size_t fan = 8;  // points a block of the first level, blocks of one level in a block of the next

}  // namespace

void Series::append(double x, double y) {
  m_points.push_back({x, y});
  enter(m_points.size() - 1);
}

void Series::enter(std::size_t index) {
  const auto below = [&](std::size_t a, std::size_t b) { return std::isnan(m_points[b].y) || m_points[a].y < m_points[b].y; };
  const auto above = [&](std::size_t a, std::size_t b) { return std::isnan(m_points[b].y) || m_points[a].y > m_points[b].y; };
  std::size_t width = fan;
  for (std::size_t level = 0;; ++level, width *= fan) {
    // A level is worth having once it holds two blocks.
    if (level == m_levels.size()) {
      if (m_points.size() <= width) return;
      m_levels.emplace_back();
      for (std::size_t start = 0; start < m_points.size(); start += width) {
        Block block{start, start};
        for (std::size_t i = start; i < std::min(start + width, m_points.size()); ++i) {
          if (below(i, block.low)) block.low = i;
          if (above(i, block.high)) block.high = i;
        }
        m_levels.back().push_back(block);
      }
      continue;
    }
    auto& blocks = m_levels[level];
    if (index / width >= blocks.size()) {
      blocks.push_back({index, index});
    } else {
      auto& block = blocks[index / width];
      if (below(index, block.low)) block.low = index;
      if (above(index, block.high)) block.high = index;
    }
  }
}

void Series::truncateFrom(double x) {
  const auto keep = indexFrom(x);
  if (keep == m_points.size()) return;
  auto kept = std::vector<Point>(m_points.begin(), m_points.begin() + static_cast<std::ptrdiff_t>(keep));
  clear();
  for (const auto& point : kept)
    append(point.x, point.y);
}

void Series::clear() {
  m_points.clear();
  m_levels.clear();
}

std::size_t Series::indexFrom(double x) const {
  const auto found = std::lower_bound(m_points.begin(), m_points.end(), x, [](const Point& p, double value) { return p.x < value; });
  return static_cast<std::size_t>(found - m_points.begin());
}

std::vector<Point> Series::drawable(double from, double to, int columns) const {
  std::vector<Point> result;
  if (m_points.empty()) return result;
  std::size_t first = indexFrom(from);
  if (first > 0) --first;
  std::size_t last = std::min(indexFrom(to) + 1, m_points.size() - 1);  // inclusive
  if (first > last) return result;

  const auto most = static_cast<std::size_t>(std::max(columns, 1)) * 2;  // blocks give two points each
  std::size_t level = 0, width = 1;
  while (level < m_levels.size() && (last - first + 1) / width > most)
    ++level, width *= fan;
  if (level == 0) {
    result.assign(m_points.begin() + static_cast<std::ptrdiff_t>(first), m_points.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    return result;
  }
  const auto& blocks = m_levels[level - 1];
  result.push_back(m_points[first]);
  for (std::size_t i = first / width; i <= last / width; ++i) {
    const auto [a, b] = std::minmax(blocks[i].low, blocks[i].high);
    if (a > first && a < last) result.push_back(m_points[a]);
    if (b != a && b > first && b < last) result.push_back(m_points[b]);
  }
  result.push_back(m_points[last]);
  return result;
}

std::optional<Point> Series::nearest(double x) const {
  if (m_points.empty()) return {};
  const auto i = indexFrom(x);
  if (i == m_points.size()) return m_points.back();
  if (i > 0 && x - m_points[i - 1].x <= m_points[i].x - x) return m_points[i - 1];
  return m_points[i];
}

std::optional<Point> Series::atOrBefore(double x) const {
  const auto after = std::upper_bound(m_points.begin(), m_points.end(), x, [](double value, const Point& p) { return value < p.x; });
  if (after == m_points.begin()) return {};
  return *std::prev(after);
}

}  // namespace incipit::ui
