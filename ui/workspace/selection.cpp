#include "ui/workspace/selection.h"

#include <algorithm>

namespace incipit::ui {

bool Selection::has(std::int64_t row) const { return std::ranges::binary_search(m_rows, row); }

void Selection::choose(std::vector<std::int64_t> rows) {
  std::erase_if(rows, [this](std::int64_t row) { return row < 0 || row >= m_length; });
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  if (rows == m_rows) return;
  m_rows = std::move(rows);
  emit changed();
}

void Selection::toggle(std::int64_t row) {
  auto rows = m_rows;
  if (std::erase(rows, row) == 0) rows.push_back(row);
  choose(std::move(rows));
}

void Selection::setLength(std::int64_t rows) {
  m_length = rows;
  choose(m_rows);
}

}  // namespace incipit::ui
