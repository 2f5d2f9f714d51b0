#include "ui/inspection/map_labels.h"

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr double cell = 64;  // pixels: about a name

}  // namespace

bool LabelRoom::take(const QRectF& place) {
  if (!m_room.contains(place)) return false;
  const auto from = [](double value) { return static_cast<qint64>(std::floor(value / cell)); };
  const auto left = from(place.left()), right = from(place.right()), top = from(place.top()), bottom = from(place.bottom());
  const auto cellAt = [](qint64 x, qint64 y) { return x * (qint64(1) << 32) + y; };
  for (auto x = left; x <= right; ++x)
    for (auto y = top; y <= bottom; ++y)
      if (const auto there = m_cells.constFind(cellAt(x, y)); there != m_cells.constEnd())
        for (const int taken : *there)
          if (m_taken[std::size_t(taken)].intersects(place)) return false;
  for (auto x = left; x <= right; ++x)
    for (auto y = top; y <= bottom; ++y)
      m_cells[cellAt(x, y)].push_back(int(m_taken.size()));
  m_taken.push_back(place);
  return true;
}

}  // namespace incipit::ui
