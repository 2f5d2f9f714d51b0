#include "ui/window/time_slider.h"

#include "ui/settings/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

namespace incipit::ui {
namespace {

constexpr double handleRadius = 6, dotRadius = 2.5, tickHeight = 4;
constexpr double closestTicks = 4;  // nearer to each other they are a grey bar

}  // namespace

TimeSlider::TimeSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setRange(0, 0);
  setPageStep(5);
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TimeSlider::setTrack(int stored, std::vector<double> dots) {
  m_dots = std::move(dots);
  setRange(0, stored);
  update();
}

void TimeSlider::setLive(bool live) {
  if (std::exchange(m_live, live) != live) update();
}

QSize TimeSlider::sizeHint() const { return {grid * 20, grid * 3}; }

double TimeSlider::xOf(double place) const {
  const double room = width() - 2 * handleRadius - 2;
  return handleRadius + 1 + (maximum() > 0 ? room * place / maximum() : room);
}

int TimeSlider::placeAt(double x) const {
  const double room = std::max(1.0, width() - 2 * handleRadius - 2);
  return std::clamp(int(std::lround((x - handleRadius - 1) / room * maximum())), 0, maximum());
}

void TimeSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto strong = accent(palette()), quiet = muted(palette());
  const double middle = height() / 2.0, here = xOf(sliderPosition());
  painter.setPen(QPen(hairline(palette()), 2));
  painter.drawLine(QPointF(xOf(0), middle), QPointF(xOf(maximum()), middle));
  painter.setPen(QPen(strong, 2));
  painter.drawLine(QPointF(xOf(0), middle), QPointF(here, middle));
  if (maximum() > 0 && xOf(1) - xOf(0) >= closestTicks) {
    painter.setPen(QPen(mixed(palette().color(QPalette::Base), quiet, 0.6), 1));
    for (int place = 0; place < maximum(); ++place)
      painter.drawLine(QPointF(xOf(place), middle - tickHeight), QPointF(xOf(place), middle + tickHeight));
  }
  painter.setPen(Qt::NoPen);
  painter.setBrush(hue(Hue::Orange, palette()));
  for (const double dot : m_dots)
    painter.drawEllipse(QPointF(xOf(dot), middle - tickHeight - dotRadius - 1), dotRadius, dotRadius);
  if (m_live) {  // a ring: this end moves on
    painter.setPen(QPen(strong, 1.5));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawEllipse(QPointF(xOf(maximum()), middle), handleRadius - 1.5, handleRadius - 1.5);
  }
  painter.setPen(hasFocus() ? QPen(palette().color(QPalette::WindowText), 2) : QPen(palette().color(QPalette::Base), 1.5));
  painter.setBrush(strong);
  painter.drawEllipse(QPointF(here, middle), handleRadius, handleRadius);
}

// The handle goes where it is pressed, not a page nearer to it.
void TimeSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QSlider::mousePressEvent(event);
  setSliderDown(true);
  setValue(placeAt(event->position().x()));
}

void TimeSlider::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) setValue(placeAt(event->position().x()));
}

}  // namespace incipit::ui
