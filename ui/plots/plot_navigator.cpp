#include "ui/plots/plot_navigator.h"

#include <cmath>

namespace incipit::ui {
namespace {

constexpr int leastBox = 6;         // pixels: below, a drag is a click with a trembling hand
constexpr double wheelStep = 0.85;  // of the range that one notch leaves

QCPAxis* xAxis(const QCPAxisRect* panel) { return panel->axis(QCPAxis::atBottom); }
QCPAxis* yAxis(const QCPAxisRect* panel) { return panel->axis(QCPAxis::atLeft); }

// The range with `factor` of its size around `centre`; along a logarithmic axis by ratio.
QCPRange scaled(const QCPAxis* axis, double factor, double centre) {
  const auto range = axis->range();
  if (axis->scaleType() == QCPAxis::stLogarithmic)
    return {centre * std::pow(range.lower / centre, factor), centre * std::pow(range.upper / centre, factor)};
  return {centre + (range.lower - centre) * factor, centre + (range.upper - centre) * factor};
}

}  // namespace

PlotNavigator::PlotNavigator(QCustomPlot* plot) : QObject(plot), m_plot(plot) {
  plot->setFocusPolicy(Qt::StrongFocus);
  plot->setMouseTracking(true);
  plot->setInteractions(QCP::iNone);
  plot->installEventFilter(this);
  connect(plot, &QCustomPlot::mousePress, this, &PlotNavigator::press);
  connect(plot, &QCustomPlot::mouseMove, this, &PlotNavigator::move);
  connect(plot, &QCustomPlot::mouseRelease, this, [this] {
    if (m_pan) m_plot->setCursor(Qt::CrossCursor);
    m_pan.reset();
  });
  connect(plot, &QCustomPlot::mouseWheel, this, &PlotNavigator::wheel);
  connect(plot, &QCustomPlot::mouseDoubleClick, this, &PlotNavigator::allWanted);
  connect(plot->selectionRect(), &QCPSelectionRect::accepted, this, [this](const QRect& box) { zoomTo(box); });
}

void PlotNavigator::press(QMouseEvent* event) {
  m_plot->setSelectionRectMode(QCP::srmNone);
  bool taken = false;
  if (event->button() == Qt::LeftButton) emit clicked(event->position(), &taken);
  auto* panel = m_plot->axisRectAt(event->position());
  if (taken || !panel) return;
  const bool shift = event->modifiers() & Qt::ShiftModifier;
  if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && shift)) {
    m_pan = Pan{panel, event->position(), xAxis(panel)->range()};
    m_plot->setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    m_plot->setSelectionRectMode(QCP::srmCustom);  // the plot draws the box, zoomTo() takes it
  }
}

void PlotNavigator::move(QMouseEvent* event) {
  if (m_pan) {
    const auto* axis = xAxis(m_pan->panel);
    const double moved = axis->pixelToCoord(m_pan->from.x()) - axis->pixelToCoord(event->position().x());
    emit xWanted(m_pan->x.lower + moved, m_pan->x.upper + moved);
    return;
  }
  const auto* panel = m_plot->axisRectAt(event->position());
  m_plot->setCursor(panel ? Qt::CrossCursor : Qt::ArrowCursor);
  if (panel) {
    emit cursorAt(xAxis(panel)->pixelToCoord(event->position().x()));
  } else {
    emit cursorGone();
  }
}

void PlotNavigator::wheel(QWheelEvent* event) {
  auto* panel = m_plot->axisRectAt(event->position());
  if (!panel || event->angleDelta().y() == 0) return;
  event->accept();
  const double factor = std::pow(wheelStep, event->angleDelta().y() / 120.0);
  if (event->modifiers() & Qt::ControlModifier) {
    const auto range = scaled(yAxis(panel), factor, yAxis(panel)->pixelToCoord(event->position().y()));
    emit yWanted(panel, range.lower, range.upper);
  } else {
    scaleX(panel, factor, xAxis(panel)->pixelToCoord(event->position().x()));
  }
}

void PlotNavigator::zoomTo(const QRect& box) {
  const auto area = box.normalized();
  auto* panel = m_plot->axisRectAt(area.center());
  if (!panel || area.width() < leastBox) return;
  const auto* x = xAxis(panel);
  const auto* y = yAxis(panel);
  emit xWanted(x->pixelToCoord(area.left()), x->pixelToCoord(area.right()));
  // A flat box means "these steps"; the height follows the curves.
  if (area.height() >= 4 * leastBox) emit yWanted(panel, y->pixelToCoord(area.bottom()), y->pixelToCoord(area.top()));
}

void PlotNavigator::scaleX(QCPAxisRect* panel, double factor, std::optional<double> centre) {
  const auto range = scaled(xAxis(panel), factor, centre.value_or(xAxis(panel)->range().center()));
  emit xWanted(range.lower, range.upper);
}

void PlotNavigator::shiftX(QCPAxisRect* panel, double share) {
  const auto range = xAxis(panel)->range();
  emit xWanted(range.lower + range.size() * share, range.upper + range.size() * share);
}

bool PlotNavigator::key(QKeyEvent* event) {
  auto* panel = m_plot->axisRectCount() > 0 ? m_plot->axisRect(0) : nullptr;
  if (!panel) return false;
  switch (event->key()) {
  case Qt::Key_Plus:
    scaleX(panel, wheelStep, {});
    return true;
  case Qt::Key_Minus:
    scaleX(panel, 1 / wheelStep, {});
    return true;
  case Qt::Key_Left:
    shiftX(panel, -0.1);
    return true;
  case Qt::Key_Right:
    shiftX(panel, 0.1);
    return true;
  case Qt::Key_Home:
    emit allWanted();
    return true;
  default:
    return false;
  }
}

bool PlotNavigator::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) emit cursorGone();
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) emit focused(event->type() == QEvent::FocusIn);
  if (event->type() == QEvent::KeyPress && key(static_cast<QKeyEvent*>(event))) return true;
  return QObject::eventFilter(watched, event);
}

}  // namespace incipit::ui
