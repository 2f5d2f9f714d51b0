#include "ui/steps/flow_layout.h"

#include "ui/settings/theme.h"

#include <algorithm>

namespace incipit::ui {

FlowLayout::FlowLayout(QWidget* parent) : QLayout(parent) {
  setContentsMargins(0, 0, 0, 0);
  setSpacing(grid);
}

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }

QLayoutItem* FlowLayout::takeAt(int index) { return index >= 0 && index < count() ? m_items.takeAt(index) : nullptr; }

QSize FlowLayout::minimumSize() const {
  QSize size;
  for (const auto* item : m_items)
    if (!item->isEmpty()) size = size.expandedTo(item->minimumSize());
  return size;
}

QSize FlowLayout::sizeHint() const {
  QSize size;
  for (const auto* item : m_items) {
    if (item->isEmpty()) continue;
    const auto wanted = item->sizeHint().expandedTo(item->minimumSize());
    size = {size.width() + (size.width() > 0 ? spacing() : 0) + wanted.width(), std::max(size.height(), wanted.height())};
  }
  return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
  QLayout::setGeometry(rect);
  place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool move) const {
  int top = rect.top(), height = 0;
  QList<QPair<QLayoutItem*, QRect>> line;
  const auto endLine = [&] {
    for (const auto& [item, at] : line)  // in the middle of their line
      if (move) item->setGeometry(at.translated(0, (height - at.height()) / 2));
    line.clear();
  };
  int left = rect.left();
  for (auto* item : m_items) {
    if (item->isEmpty()) continue;
    const auto size = item->sizeHint().expandedTo(item->minimumSize());
    if (!line.isEmpty() && left + size.width() > rect.right() + 1) {
      endLine();
      left = rect.left();
      top += height + spacing();
      height = 0;
    }
    const int width = std::min(size.width(), std::max(rect.width(), item->minimumSize().width()));
    line.append({item, QRect(left, top, width, size.height())});
    left += width + spacing();
    height = std::max(height, size.height());
  }
  endLine();
  return top + height - rect.top();
}

}  // namespace incipit::ui
