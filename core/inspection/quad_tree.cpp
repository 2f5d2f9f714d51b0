#include "core/inspection/quad_tree.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr int levels = 24;       // of cells within cells: points closer together than 2^-24 of the whole are asked one by one
constexpr std::size_t leaf = 4;  // points that are not divided any further

// Every second bit.
std::uint64_t spread(std::uint64_t value) {
  value = (value | value << 16) & 0x0000FFFF0000FFFFULL;
  value = (value | value << 8) & 0x00FF00FF00FF00FFULL;
  value = (value | value << 4) & 0x0F0F0F0F0F0F0F0FULL;
  value = (value | value << 2) & 0x3333333333333333ULL;
  return (value | value << 1) & 0x5555555555555555ULL;
}

}  // namespace

QuadTree::QuadTree(std::span<const PlanePoint> points) {
  if (points.empty()) return;
  PlanePoint low = points[0], high = points[0];
  for (const PlanePoint& point : points) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  const double width = std::max({high.x - low.x, high.y - low.y, 1e-12}), cells = (std::uint64_t{1} << levels) - 1;
  std::vector<Placed> placed;
  placed.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto across = static_cast<std::uint64_t>((points[i].x - low.x) / width * cells);
    const auto down = static_cast<std::uint64_t>((points[i].y - low.y) / width * cells);
    placed.push_back({spread(across) | spread(down) << 1, static_cast<std::int32_t>(i)});
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.code != b.code ? a.code < b.code : a.point < b.point; });
  m_points.reserve(points.size());
  m_order.reserve(points.size());
  for (const Placed& one : placed) {
    m_order.push_back(one.point);
    m_points.push_back(points[static_cast<std::size_t>(one.point)]);
  }
  m_cells.reserve(points.size());
  divide(placed, 0, placed.size(), levels, width);
}

void QuadTree::divide(const std::vector<Placed>& placed, std::size_t from, std::size_t to, int level, double width) {
  const std::size_t mine = m_cells.size();
  Cell cell{0, 0, width, static_cast<double>(to - from), 0, 0, 0};
  for (std::size_t i = from; i < to; ++i)
    cell.x += m_points[i].x, cell.y += m_points[i].y;
  cell.x /= cell.points, cell.y /= cell.points;
  const bool whole = to - from <= leaf || level == 0;
  if (whole) cell.from = static_cast<std::int32_t>(from), cell.to = static_cast<std::int32_t>(to);
  m_cells.push_back(cell);
  for (std::size_t begin = from; !whole && begin < to;) {
    const int shift = 2 * (level - 1);
    const std::uint64_t quarter = placed[begin].code >> shift;
    const auto end =
        std::partition_point(placed.begin() + static_cast<std::ptrdiff_t>(begin), placed.begin() + static_cast<std::ptrdiff_t>(to),
                             [&](const Placed& one) { return one.code >> shift == quarter; });
    const auto last = static_cast<std::size_t>(end - placed.begin());
    divide(placed, begin, last, level - 1, width / 2);
    begin = last;
  }
  m_cells[mine].next = static_cast<std::int32_t>(m_cells.size());
}

QuadTree::Push QuadTree::pushAt(PlanePoint at, double angle) const {
  Push push;
  const double angleSquared = angle * angle;
  const auto cells = static_cast<std::int32_t>(m_cells.size());
  for (std::int32_t i = 0; i < cells;) {
    const Cell& cell = m_cells[static_cast<std::size_t>(i)];
    const double x = at.x - cell.x, y = at.y - cell.y, squared = x * x + y * y;
    if (cell.width * cell.width < angleSquared * squared) {
      const double q = 1 / (1 + squared), force = cell.points * q * q;
      push.sum += cell.points * q, push.x += force * x, push.y += force * y;
      i = cell.next;
      continue;
    }
    for (std::int32_t point = cell.from; point < cell.to; ++point) {
      const PlanePoint& other = m_points[static_cast<std::size_t>(point)];
      const double dx = at.x - other.x, dy = at.y - other.y, q = 1 / (1 + dx * dx + dy * dy);
      push.sum += q, push.x += q * q * dx, push.y += q * q * dy;
    }
    ++i;
  }
  return push;
}

}  // namespace incipit
