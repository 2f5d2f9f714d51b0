// The hands on the map; what it looks like stands in map_drawing.cpp.
#include "ui/inspection/map_view.h"

#include "ui/settings/plain_text.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace incipit::ui {
namespace {

constexpr double margin = 24;                       // pixels around everything
constexpr double notch = 1.25;                      // of a wheel
constexpr double leastZoom = 0.5, mostZoom = 4000;  // against what shows everything
constexpr double pointReach = 10, dotReach = 7;     // pixels within which something is meant
constexpr double broughtZoom = 12, keyMove = 64;
constexpr double clickReach = 4;  // a press that moves less is a click

QRectF boundsOf(const std::vector<QPointF>& points) {
  if (points.empty()) return {};
  double left = points[0].x(), right = left, low = points[0].y(), high = low;
  for (const auto& point : points) {
    left = std::min(left, point.x()), right = std::max(right, point.x());
    low = std::min(low, point.y()), high = std::max(high, point.y());
  }
  return {left, low, right - left, high - low};
}

}  // namespace

MapView::MapView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(240, 160);
  setAccessibleName(tr("Map of the vocabulary with the virtual tokens"));
}

void MapView::setPoints(std::vector<QPointF> points, std::vector<int> worth, Words words) {
  m_points = std::move(points);
  m_worth = std::move(worth);
  m_words = std::move(words);
  m_widths.clear();
  m_bounds = boundsOf(m_points);
  m_rows.clear();
  m_found.clear();
  m_inLasso.clear();
  m_hovered = -1;
  showAll();
}

void MapView::setRows(std::vector<MapRow> rows) {
  m_rows = std::move(rows);
  update();
}

void MapView::setFaded(bool faded) {
  if (std::exchange(m_faded, faded) != faded) update();
}

void MapView::setChosen(std::vector<std::int64_t> rows) {
  m_chosen = std::move(rows);
  update();
}

void MapView::setFound(std::vector<int> points) {
  m_found = std::move(points);
  redrawAll();
}

double MapView::allScale() const {
  const double across = std::max(m_bounds.width(), 1e-9), up = std::max(m_bounds.height(), 1e-9);
  return std::max(1e-9, std::min((width() - 2 * margin) / across, (height() - 2 * margin) / up));
}

double MapView::zoomed() const { return m_window.scale / allScale(); }

void MapView::showAll() {
  m_window = {m_bounds.center(), allScale(), QSizeF(size())};
  m_wholeShown = true;
  redrawAll();
}

void MapView::zoom(double factor, const QPointF& around) {
  const auto fixed = m_window.fromScreen(around);
  m_window.scale = std::clamp(m_window.scale * factor, allScale() * leastZoom, allScale() * mostZoom);
  m_wholeShown = false;
  m_window.centre += fixed - m_window.fromScreen(around);
  redrawAll();
}

void MapView::move(const QPointF& pixels) {
  m_window.centre -= QPointF(pixels.x(), -pixels.y()) / m_window.scale;
  m_wholeShown = false;
  redrawAll();
}

void MapView::bring(int point) {
  if (point < 0 || point >= int(m_points.size())) return;
  m_window.centre = m_points[std::size_t(point)];
  m_window.scale = std::max(m_window.scale, allScale() * broughtZoom);
  m_wholeShown = false;
  redrawAll();
}

void MapView::redrawAll() {
  m_drawn = nullptr;
  update();
}

int MapView::pointAt(const QPointF& at) const {
  const auto there = m_window.fromScreen(at);
  double best = pointReach / m_window.scale;
  int nearest = -1;
  for (std::size_t i = 0; i < m_points.size(); ++i) {
    const auto away = m_points[i] - there;
    const double distance = std::hypot(away.x(), away.y());
    if (distance < best) best = distance, nearest = int(i);
  }
  return nearest;
}

std::optional<std::int64_t> MapView::rowAt(const QPointF& at) const {
  for (auto it = m_chips.rbegin(); it != m_chips.rend(); ++it)
    if (it->second.contains(at)) return it->first;
  for (const auto& row : m_rows) {
    const auto away = m_window.toScreen(row.place) - at;
    if (std::hypot(away.x(), away.y()) < dotReach) return row.row;
  }
  return std::nullopt;
}

void MapView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_window.size = QSizeF(size());
  if (m_wholeShown)
    showAll();
  else
    redrawAll();
}

void MapView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    m_widths.clear();
    redrawAll();
  }
}

bool MapView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QString text;
  if (const auto row = rowAt(help->pos()); row && m_words.rowToolTip)
    text = m_words.rowToolTip(*row);
  else if (const int point = pointAt(help->pos()); point >= 0 && m_words.toolTip)
    text = m_words.toolTip(point);
  if (text.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(help->globalPos(), plainToolTip(text), this);
  return true;
}

void MapView::wheelEvent(QWheelEvent* event) {
  if (event->angleDelta().y() != 0) zoom(std::pow(notch, event->angleDelta().y() / 120.0), event->position());
  event->accept();
}

void MapView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  m_pressed = event->position();
  if (event->modifiers() & Qt::ShiftModifier)
    m_lasso = QPolygonF({event->position()});
  else
    m_dragFrom = event->position();
}

void MapView::mouseMoveEvent(QMouseEvent* event) {
  if (!m_lasso.isEmpty()) {
    m_lasso << event->position();
    return update();
  }
  if (m_dragFrom) {
    const auto away = event->position() - *m_pressed;
    if (std::hypot(away.x(), away.y()) < clickReach && cursor().shape() != Qt::ClosedHandCursor) return;
    setCursor(Qt::ClosedHandCursor);
    move(event->position() - *m_dragFrom);
    m_dragFrom = event->position();
    return;
  }
  const bool overRow = rowAt(event->position()).has_value();
  setCursor(overRow ? Qt::PointingHandCursor : Qt::ArrowCursor);
  hover(overRow ? -1 : pointAt(event->position()));
}

void MapView::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  hover(-1);
}

void MapView::hover(int point) {
  if (std::exchange(m_hovered, point) != point) update();
}

void MapView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_pressed) return QWidget::mouseReleaseEvent(event);
  const bool moved = cursor().shape() == Qt::ClosedHandCursor;
  m_dragFrom.reset();
  m_pressed.reset();
  setCursor(Qt::ArrowCursor);
  if (m_lasso.size() > 2) return endLasso();
  m_lasso.clear();
  if (moved) return;
  const auto row = rowAt(event->position());
  if (!row)
    emit chooseNothing();
  else if (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))
    emit rowToggled(*row);
  else
    emit rowsChosen({*row});
}

void MapView::endLasso() {
  std::vector<std::int64_t> rows;
  for (const auto& row : m_rows)
    if (m_lasso.containsPoint(m_window.toScreen(row.place), Qt::OddEvenFill)) rows.push_back(row.row);
  m_inLasso.clear();
  const auto box = m_lasso.boundingRect();
  for (std::size_t i = 0; i < m_points.size(); ++i) {
    const auto at = m_window.toScreen(m_points[i]);
    if (box.contains(at) && m_lasso.containsPoint(at, Qt::OddEvenFill)) m_inLasso.push_back(int(i));
  }
  m_lasso.clear();
  update();
  emit rowsChosen(rows);
  emit lassoed();
}

void MapView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && !rowAt(event->position())) showAll();
}

void MapView::keyPressEvent(QKeyEvent* event) {
  const auto middle = QPointF(width() / 2.0, height() / 2.0);
  switch (event->key()) {
  case Qt::Key_Home:
    return showAll();
  case Qt::Key_Plus:
  case Qt::Key_Equal:
    return zoom(notch, middle);
  case Qt::Key_Minus:
    return zoom(1 / notch, middle);
  case Qt::Key_Left:
    return move({keyMove, 0});
  case Qt::Key_Right:
    return move({-keyMove, 0});
  case Qt::Key_Up:
    return move({0, keyMove});
  case Qt::Key_Down:
    return move({0, -keyMove});
  case Qt::Key_Escape:
    m_inLasso.clear();
    emit chooseNothing();
    emit lassoed();
    return update();
  default:
    QWidget::keyPressEvent(event);
  }
}

}  // namespace incipit::ui
