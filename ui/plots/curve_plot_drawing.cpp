// How a CurvePlot is drawn: ranges, points, colours, the cursor.
#include "ui/plots/curve_plot.h"
#include "ui/plots/curve_plot_panel.h"
#include "ui/plots/number_text.h"
#include "ui/plots/tickers.h"
#include "ui/settings/format.h"

#include <QEvent>
#include <QStackedLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace incipit::ui {
namespace {

QColor withAlpha(QColor colour, double alpha) {
  colour.setAlphaF(static_cast<float>(alpha));
  return colour;
}

}  // namespace

void CurvePlot::redraw() {
  m_stack->setCurrentIndex(isEmpty() ? 0 : 1);
  if (!isVisible() || isEmpty()) return;
  const auto x = m_wantedX.value_or(dataRange());
  for (std::size_t i = 0; i < m_panels.size(); ++i)
    if (m_panels[i]->visible) drawPanel(i, x);
  for (auto& curve : m_curves)
    if (curve.label && !m_panels[static_cast<std::size_t>(curve.panel)]->visible) curve.label->setVisible(false);
  m_markText->setVisible(m_mark && x.contains(*m_mark));
  if (m_mark) {
    const bool left = *m_mark < x.center();
    m_markText->setText(m_markLabel);
    m_markText->setPositionAlignment((left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignTop);
    m_markText->position->setCoords(*m_mark, 0);
  }
  drawCursor();
  m_plot->replot(QCustomPlot::rpQueuedRefresh);
}

void CurvePlot::drawPanel(std::size_t index, const QCPRange& x) {
  auto& panel = *m_panels[index];
  const bool logarithmic = m_logarithmic && panel.scale == Scale::MayBeLogarithmic;
  const int columns = std::max(m_plot->width(), 64);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (auto& curve : m_curves) {
    if (static_cast<std::size_t>(curve.panel) != index || curve.stroke == Stroke::Level) continue;
    curve.graph->setVisible(curve.visible);
    if (!curve.visible) continue;
    // The bold curve is smooth: fewer points make the same picture, and thick lines cost most to draw.
    const auto points = curve.series.drawable(x.lower, x.upper, curve.stroke == Stroke::Bold ? columns / 2 : columns);
    // Denser than the pixels, a curve is a filled band: smooth edges would only cost time.
    curve.graph->setAntialiased(static_cast<int>(points.size()) < 2 * columns);
    QVector<QCPGraphData> data;
    data.reserve(static_cast<qsizetype>(points.size()));
    for (const auto& point : points) {
      const bool drawable = std::isfinite(point.y) && (!logarithmic || point.y > 0);
      data.append({point.x, drawable ? point.y : std::nan("")});
      if (!drawable || point.x < x.lower || point.x > x.upper) continue;
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
    curve.graph->data()->set(data, true);
  }
  panel.x()->setRange(x);
  panel.y()->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  const int ticks = std::max(2, panel.rect->height() / 56);
  panel.y()->setTicker(QSharedPointer<QCPAxisTicker>(logarithmic                   ? new LogarithmicTicker(ticks)
                                                     : panel.scale == Scale::Share ? static_cast<QCPAxisTicker*>(new ShareTicker(ticks))
                                                                                   : new ValueTicker(ticks)));
  const auto wanted = m_wantedY.find(index);
  includeLevels(index, logarithmic, low, high);
  auto y = wanted != m_wantedY.end() ? wanted->second : paddedRange(panel, low, high);
  panel.above->setVisible(false);
  if (wanted == m_wantedY.end() && !m_wantedX && !m_whole && !logarithmic && panel.scale == Scale::MayBeLogarithmic)
    cutBeginning(panel, x, y);
  panel.y()->setRange(y);
  drawLevels(index, x);
  panel.mark->setVisible(m_mark.has_value());
  if (m_mark) {
    panel.mark->start->setCoords(*m_mark, 0);
    panel.mark->end->setCoords(*m_mark, 1);
  }
}

// A level near the curves is seen whole; one far away would press them flat.
void CurvePlot::includeLevels(std::size_t panel, bool logarithmic, double& low, double& high) const {
  constexpr double mostTimes = 2.5;  // the height of the curves alone
  const bool share = m_panels[panel]->scale == Scale::Share;
  const auto place = [&](double value) { return logarithmic ? std::log(value) : value; };
  const double height = place(high) - place(low), bottom = place(low), top = place(high);
  for (const auto& curve : m_curves) {
    if (static_cast<std::size_t>(curve.panel) != panel || !curve.level || !curve.visible || (logarithmic && *curve.level <= 0)) continue;
    const double at = place(*curve.level);
    if (!share && std::max(top, at) - std::min(bottom, at) > mostTimes * height) continue;
    low = std::min(low, *curve.level);
    high = std::max(high, *curve.level);
  }
}

// Lines from side to side, each with its name at its right end (placeNames).
void CurvePlot::drawLevels(std::size_t index, const QCPRange& x) {
  const auto range = m_panels[index]->y()->range();
  for (auto& curve : m_curves) {
    if (static_cast<std::size_t>(curve.panel) != index || curve.stroke != Stroke::Level) continue;
    const bool shown = curve.level && curve.visible, inside = shown && range.contains(*curve.level);
    curve.graph->setVisible(inside);
    curve.label->setVisible(shown);
    if (!shown) continue;
    curve.graph->data()->set(QVector<QCPGraphData>{{x.lower, *curve.level}, {x.upper, *curve.level}}, true);
    const auto arrow = inside ? QString() : *curve.level > range.upper ? QStringLiteral(" ↑") : QStringLiteral(" ↓");
    curve.label->setText(curve.name + QLatin1Char(' ') + written(curve, *curve.level) + arrow);
  }
}

// Names that would lie upon each other stand side by side; of a line outside the picture the name alone stands at that edge. Pixels are
// known once the panels are laid out.
void CurvePlot::placeNames() {
  const QFontMetricsF metrics(font());
  const double high = metrics.height();
  std::map<int, std::vector<QRectF>> placed;
  for (auto& curve : m_curves) {
    auto& panel = *m_panels[static_cast<std::size_t>(curve.panel)];
    if (!curve.label || !curve.level || !curve.visible || !panel.visible) continue;
    const QRectF area = panel.rect->rect();
    curve.label->setVisible(area.height() >= 4 * high);  // names must not hide the curves
    if (!curve.label->visible()) continue;
    const double line = std::clamp(panel.y()->coordToPixel(*curve.level), area.top(), area.bottom());
    QRectF place(0, line - high, metrics.horizontalAdvance(curve.label->text()) + 12, high);
    if (place.top() < area.top()) place.moveTop(std::max(line, area.top()));
    const double below = area.top() + (m_markText->visible() && m_markText->position->axisRect() == panel.rect ? high + 4 : 0);
    if (place.top() < below) place.moveTop(below);  // the mark has its name there
    place.moveRight(area.right());
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto& other : placed[curve.panel])
        if (other.adjusted(1, 1, -1, -1).intersects(place)) place.moveRight(other.left()), moved = true;
    }
    if (place.left() < area.left()) {
      curve.label->setVisible(false);
      continue;
    }
    placed[curve.panel].push_back(place);
    curve.label->position->setCoords((place.right() - area.left()) / std::max(1.0, area.width()),
                                     (place.bottom() - area.top()) / std::max(1.0, area.height()));
  }
}

// The first steps often stand so high above the rest that it would lie flat on the ground: the axis begins where the curve lives, and a
// mark says how high the beginning is.
void CurvePlot::cutBeginning(Panel& panel, const QCPRange& x, QCPRange& y) {
  constexpr double beginning = 0.1, worthIt = 2;  // share of the steps; how many times the height of the rest
  constexpr std::size_t enough = 20;              // points, before anything can be said of the rest
  const double from = x.lower + beginning * x.size();
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::size_t points = 0;
  Point top{0, high};
  for (const auto& curve : m_curves) {
    if (m_panels[static_cast<std::size_t>(curve.panel)].get() != &panel || !curve.visible) continue;
    points = std::max(points, curve.series.size());
    for (const auto& point : curve.series.drawable(x.lower, x.upper, std::max(m_plot->width(), 64))) {
      if (!std::isfinite(point.y)) continue;
      if (point.y > top.y) top = point;
      if (point.x <= from) continue;
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  if (points < enough || !(low < high) || top.y - low < worthIt * (high - low)) return;
  y = paddedRange(panel, low, high + 0.2 * (high - low));
  const bool besideMark = m_mark && *m_mark < x.center();
  panel.above->setText(tr("▲ %1 at %2 %3").arg(valueText(top.y), m_xTitle.toLower(), grouped(std::llround(top.x))));
  panel.above->setPadding(QMargins(6, besideMark ? fontMetrics().height() + 4 : 2, 6, 2));
  panel.above->position->setCoords(0, 0);
  panel.above->setVisible(true);
}

QCPRange CurvePlot::paddedRange(const Panel& panel, double low, double high) const {
  if (!(low <= high)) return {0.1, 1};
  if (m_logarithmic && panel.scale == Scale::MayBeLogarithmic) {
    const double ratio = std::max(std::pow(high / low, 0.06), 1.02);
    return {low / ratio, high * ratio};
  }
  const double flat = 2e-3 * std::max(std::abs(low), std::abs(high));  // less than this is a level line
  double pad = high > low ? (high - low) * 0.06 : std::max(std::abs(high) * 0.1, 1e-9);
  if (high > low && high - low < flat) pad = flat / 2;
  if (panel.scale != Scale::Share) return {low - pad, high + pad};
  pad = std::max(pad, 0.02);
  return {std::max(low - pad, -0.04), std::min(high + pad, 1.04)};  // dots at the ends are seen whole
}

QCPRange CurvePlot::dataRange() const {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& curve : m_curves) {
    if (curve.series.empty()) continue;
    low = std::min(low, curve.series.points().front().x);
    high = std::max(high, curve.series.last().x);
  }
  if (!(low <= high)) return {0, 1};
  if (!(high > low)) return {low - 0.5, low + 0.5};
  const double pad = (high - low) * 0.012;  // the first and the last dot are seen whole
  return {low - pad, high + pad};
}

void CurvePlot::setCursor(std::optional<double> x) {
  if (x) {
    // The nearest step there is: of the longest curve.
    const auto longest = std::max_element(m_curves.begin(), m_curves.end(),
                                          [](const Curve& a, const Curve& b) { return a.series.size() < b.series.size(); });
    if (longest != m_curves.end())
      if (const auto point = longest->series.nearest(*x)) x = point->x;
  }
  if (x == m_cursor) return;
  m_cursor = x;
  if (!isVisible() || isEmpty()) return;
  drawCursor();
  m_plot->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::drawCursor() {
  for (const auto& panel : m_panels) {
    panel->cursor->setVisible(m_cursor && panel->visible);
    if (!m_cursor) continue;
    panel->cursor->start->setCoords(*m_cursor, 0);
    panel->cursor->end->setCoords(*m_cursor, 1);
  }
  for (auto& curve : m_curves) {
    std::optional<Point> point;
    if (m_cursor && curve.visible && !curve.level && m_panels[static_cast<std::size_t>(curve.panel)]->visible &&
        curve.stroke != Stroke::Thin)
      point = curve.stroke == Stroke::Dots ? curve.series.atOrBefore(*m_cursor) : curve.series.nearest(*m_cursor);
    curve.dot->setVisible(point.has_value() && std::isfinite(point->y));
    if (point) curve.dot->position->setCoords(point->x, point->y);
  }
  m_cursorText->setVisible(m_cursor.has_value());
  if (m_cursor) {
    m_cursorText->setText(m_xTitle + QLatin1Char(' ') + grouped(std::llround(*m_cursor)));
    m_cursorText->position->setCoords(*m_cursor, 1.0);
  }
  fillHeaders();
}

QString CurvePlot::valueShown(int index) const {
  const auto& curve = m_curves[static_cast<std::size_t>(index)];
  if (curve.level) return written(curve, *curve.level);
  if (curve.series.empty()) return valueText(std::nan(""));
  if (!m_cursor) return written(curve, curve.series.last().y);
  const auto point = curve.stroke == Stroke::Dots ? curve.series.atOrBefore(*m_cursor) : curve.series.nearest(*m_cursor);
  return written(curve, point ? point->y : std::nan(""));
}

QString CurvePlot::written(const Curve& curve, double value) const {
  const bool share = m_panels[static_cast<std::size_t>(curve.panel)]->scale == Scale::Share;
  return share && std::isfinite(value) ? percentText(value) : valueText(value);
}

void CurvePlot::fillHeaders() {
  for (std::size_t i = 0; i < m_panels.size(); ++i) {
    std::vector<PanelHeader::Entry> entries;
    for (std::size_t c = 0; c < m_curves.size(); ++c) {
      const auto& curve = m_curves[c];
      if (static_cast<std::size_t>(curve.panel) != i || (curve.series.empty() && !curve.level)) continue;
      const auto colour = curve.stroke == Stroke::Dots ? curve.graph->scatterStyle().pen().color() : curve.graph->pen().color();
      entries.push_back({static_cast<int>(c), curve.name, colour, curve.stroke, valueShown(static_cast<int>(c)), curve.visible,
                         curve.stroke == Stroke::Level});
    }
    m_panels[i]->header->setEntries(std::move(entries));
  }
}

void CurvePlot::recolour(const QPalette& palette) {
  m_plot->setBackground(palette.color(QPalette::Base));
  for (const auto& panel : m_panels)
    colourPanel(*panel, palette);
  for (auto& curve : m_curves) {
    const auto colour = ui::hue(curve.hue, palette);
    const bool smoothed = std::any_of(m_curves.begin(), m_curves.end(), [&](const Curve& other) {
      return other.smoothedFrom >= 0 && &m_curves[static_cast<std::size_t>(other.smoothedFrom)] == &curve;
    });
    const auto thin = smoothed ? mixed(colour, palette.color(QPalette::Base), isDark(palette) ? 0.3 : 0.5) : colour;
    switch (curve.stroke) {
    case Stroke::Thin:
      curve.graph->setPen(QPen(thin, 1));
      break;
    case Stroke::Bold:
      curve.graph->setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
      break;
    case Stroke::Dots:
      curve.graph->setPen(QPen(mixed(colour, palette.color(QPalette::Base), 0.4), 1, Qt::DashLine));
      curve.graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colour, colour, 7));
      break;
    case Stroke::Level:
      curve.graph->setPen(QPen(colour, 1.5, Qt::DashLine));
      curve.label->setColor(mixed(colour, palette.color(QPalette::Text), 0.4));
      curve.label->setFont(font());
      curve.label->setBrush(withAlpha(palette.color(QPalette::Base), 0.75));  // curves may pass behind it
      curve.label->setPadding(QMargins(6, 0, 6, 0));
      break;
    }
    curve.dot->setPen(QPen(palette.color(QPalette::Base), 1.5));
    curve.dot->setBrush(colour);
  }
  m_cursorText->setColor(palette.color(QPalette::Base));
  m_cursorText->setBrush(muted(palette));
  m_cursorText->setFont(font());
  m_markText->setColor(muted(palette));
  m_markText->setFont(font());
}

void CurvePlot::colourPanel(Panel& panel, const QPalette& palette) {
  const auto base = palette.color(QPalette::Base), text = palette.color(QPalette::Text);
  const auto quiet = muted(palette);
  const QPen grid(mixed(text, base, 0.9), 1), frame(mixed(text, base, 0.7), 1);
  for (auto* axis : {panel.x(), panel.y()}) {
    axis->setBasePen(frame);
    axis->setTickPen(frame);
    axis->setTickLabelColor(quiet);
    axis->setLabelColor(quiet);
    axis->setTickLabelFont(font());
    axis->setLabelFont(font());
    axis->setTickLength(0, 4);
    axis->setSubTicks(false);
    axis->grid()->setPen(grid);
    axis->grid()->setZeroLinePen(grid);
  }
  panel.y()->setBasePen(Qt::NoPen);
  panel.y()->setTickPen(Qt::NoPen);
  panel.header->setColours(text, quiet);
  panel.above->setColor(quiet);
  panel.above->setFont(font());
  panel.cursor->setPen(QPen(mixed(text, base, 0.5), 1));
  panel.mark->setPen(QPen(mixed(text, base, 0.55), 1, Qt::DashLine));
}

void CurvePlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    recolour(palette());
    m_redraw.request();
  }
  QWidget::changeEvent(event);
}

void CurvePlot::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_redraw.request();
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_redraw.request();
}

}  // namespace incipit::ui
