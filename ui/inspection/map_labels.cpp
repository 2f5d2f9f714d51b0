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
  std::vector<qint64> cells;
  for (auto x = from(place.left()); x <= from(place.right()); ++x)
    for (auto y = from(place.top()); y <= from(place.bottom()); ++y)
      cells.push_back(x * (qint64(1) << 32) + y);
  for (const auto at : cells)
    if (const auto there = m_cells.constFind(at); there != m_cells.constEnd())
      for (const int taken : *there)
        if (m_taken[std::size_t(taken)].intersects(place)) return false;
  for (const auto at : cells)
    m_cells[at].push_back(int(m_taken.size()));
  m_taken.push_back(place);
  return true;
}

}  // namespace incipit::ui
