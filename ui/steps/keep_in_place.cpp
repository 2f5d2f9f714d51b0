#include "ui/steps/keep_in_place.h"

#include <QApplication>
#include <QCursor>
#include <QLayout>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace incipit::ui {
namespace {

QScrollArea* columnAround(QWidget* widget) {
  for (auto* at = widget; at; at = at->parentWidget())
    if (auto* area = qobject_cast<QScrollArea*>(at)) return area;
  return nullptr;
}

// All layouts from the changed places up to the column give out the new room now, not with the next event.
void settle(QWidget* content) {
  for (auto* widget : content->findChildren<QWidget*>())
    if (widget->layout()) widget->layout()->invalidate();
  if (content->layout()) content->layout()->activate();
}

}  // namespace

KeepInPlace::KeepInPlace(QWidget* changing) : m_column(columnAround(changing)) {
  if (!m_column || !m_column->isVisible() || !m_column->widget()) return;
  auto* content = m_column->widget();
  auto* view = m_column->viewport();
  const auto pointer = view->mapFromGlobal(QCursor::pos());
  auto* below = view->rect().contains(pointer) ? content->childAt(content->mapFrom(view, pointer)) : nullptr;
  auto* focused = QApplication::focusWidget();
  m_anchor = focused && content->isAncestorOf(focused) ? focused : below;
  if (m_anchor) m_place = placeOf(m_anchor);
}

int KeepInPlace::placeOf(const QWidget* widget) const { return widget->mapTo(m_column->viewport(), QPoint(0, 0)).y(); }

KeepInPlace::~KeepInPlace() {
  if (!m_column || !m_anchor || !m_anchor->isVisible()) return;
  auto* content = m_column->widget();
  content->setMinimumHeight(0);
  settle(content);
  const int needed = std::max(content->sizeHint().height(), content->hasHeightForWidth() ? content->heightForWidth(content->width()) : 0);
  content->resize(content->width(), std::max(needed, m_column->viewport()->height()));
  settle(content);
  auto* bar = m_column->verticalScrollBar();
  const int wanted = bar->value() + placeOf(m_anchor) - m_place;
  if (wanted <= 0) {
    bar->setValue(0);
    return;
  }
  // A column that is too short to be moved so far gets the room; it goes back when the column is scrolled to its beginning.
  if (const int lacking = wanted + m_column->viewport()->height(); lacking > needed) {
    content->setMinimumHeight(lacking);
    content->resize(content->width(), lacking);
  }
  bar->setRange(0, content->height() - m_column->viewport()->height());
  bar->setValue(wanted);
}

}  // namespace incipit::ui
