#include "ui/plots/band_plot.h"

#include "ui/plots/pictures.h"
#include "ui/plots/tickers.h"
#include "ui/settings/theme.h"

#include <QEvent>
#include <QMouseEvent>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace incipit::ui {

BandPlot::BandPlot(const QString& xTitle, const QString& yTitle, QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(m_plot);
  m_plot->setAccessibleName(yTitle);
  m_plot->setMinimumSize(grid * 40, grid * 28);
  m_plot->installEventFilter(this);
  m_plot->setMouseTracking(true);
  m_plot->xAxis->setLabel(xTitle);
  m_plot->yAxis->setLabel(yTitle);
  m_plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
  m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new LogarithmicTicker(8)));
  m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(5)));
  m_low = m_plot->addGraph();
  m_high = m_plot->addGraph();
  m_high->setChannelFillGraph(m_low);
  m_curve = m_plot->addGraph();
  m_level = makeLine();
  m_current = makeLine();
  m_suggested = makeLine();
  recolour(palette());
}

BandPlot::Line BandPlot::makeLine() {
  Line made{new QCPItemLine(m_plot), new QCPItemText(m_plot), {}};
  made.line->setVisible(false);
  made.text->setVisible(false);
  made.text->setPadding(QMargins(4, 2, 4, 2));
  return made;
}

void BandPlot::setPoints(std::vector<Point> points) {
  m_points = std::move(points);
  arrange();
}

void BandPlot::setMark(Mark mark, std::optional<double> x, const QString& label) {
  auto& line = mark == Mark::Suggested ? m_suggested : m_current;
  line.at = x;
  line.text->setText(label);
  arrange();
}

void BandPlot::setLevel(std::optional<double> y, const QString& label) {
  m_level.at = y;
  m_level.text->setText(label);
  arrange();
}

// Across the whole plot at its value, the words at its end.
void BandPlot::place(Line& line, bool vertical) {
  const auto x = m_plot->xAxis->range(), y = m_plot->yAxis->range();
  const bool shown = line.at && (vertical ? x : y).contains(*line.at);
  line.line->setVisible(shown);
  line.text->setVisible(shown && !line.text->text().isEmpty());
  if (!shown) return;
  if (vertical) {
    line.line->start->setCoords(*line.at, y.lower);
    line.line->end->setCoords(*line.at, y.upper);
    const bool left = *line.at < std::sqrt(x.lower * x.upper);
    line.text->setPositionAlignment((left ? Qt::AlignLeft : Qt::AlignRight) | (&line == &m_suggested ? Qt::AlignTop : Qt::AlignBottom));
    line.text->position->setCoords(*line.at, &line == &m_suggested ? y.upper : y.lower);
  } else {
    line.line->start->setCoords(x.lower, *line.at);
    line.line->end->setCoords(x.upper, *line.at);
    line.text->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
    line.text->position->setCoords(x.lower, *line.at);
  }
}

void BandPlot::arrange() {
  QVector<double> x, y, low, high;
  double bottom = m_level.at.value_or(INFINITY), top = m_level.at.value_or(-INFINITY);
  for (const auto& point : m_points) {
    x << point.x, y << point.y, low << point.low, high << point.high;
    bottom = std::min(bottom, point.low), top = std::max(top, point.high);
  }
  m_curve->setData(x, y, true);
  m_low->setData(x, low, true);
  m_high->setData(x, high, true);
  if (!m_points.empty() && std::isfinite(bottom) && std::isfinite(top)) {
    const double air = std::max(1e-9, 0.08 * (top - bottom));
    m_plot->yAxis->setRange(bottom - air, top + air);
    double first = m_points.front().x, last = std::max(m_points.back().x, first * 1.5);
    if (m_current.at && *m_current.at > 0) first = std::min(first, *m_current.at / 1.5);
    m_plot->xAxis->setRange(first, last);
  }
  place(m_level, false);
  place(m_current, true);
  place(m_suggested, true);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void BandPlot::recolour(const QPalette& palette) {
  const auto text = palette.color(QPalette::Text), faint = hairline(palette);
  const auto curve = hue(Hue::Blue, palette), mark = hue(Hue::Vermillion, palette);
  m_plot->setBackground(palette.color(QPalette::Base));
  for (auto* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setBasePen(QPen(faint));
    axis->setTickPen(QPen(faint));
    axis->setSubTickPen(QPen(faint));
    axis->setTickLabelColor(muted(palette));
    axis->setLabelColor(muted(palette));
    axis->setTickLabelFont(tabularDigits(font()));
    axis->setLabelFont(font());
    axis->grid()->setPen(QPen(faint, 0.5));
    axis->grid()->setSubGridVisible(false);
  }
  m_curve->setPen(QPen(curve, 2));
  auto band = curve;
  band.setAlphaF(0.2F);
  for (auto* edge : {m_low, m_high})
    edge->setPen(Qt::NoPen);
  m_high->setBrush(band);
  const auto colour = [&](Line& line, const QColor& ink, Qt::PenStyle style, qreal width) {
    line.line->setPen(QPen(ink, width, style));
    line.text->setColor(ink);
    line.text->setFont(font());
    auto behind = palette.color(QPalette::Base);
    behind.setAlphaF(0.85F);
    line.text->setBrush(behind);
  };
  colour(m_suggested, mark, Qt::DashLine, 2);
  colour(m_current, muted(palette), Qt::DotLine, 1.5);
  colour(m_level, mixed(text, palette.color(QPalette::Base), 0.4), Qt::DotLine, 1);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void BandPlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) recolour(palette());
  QWidget::changeEvent(event);
}

bool BandPlot::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) emit pointed({});
  if (event->type() == QEvent::MouseMove && !m_points.empty()) {
    const double x = m_plot->xAxis->pixelToCoord(static_cast<QMouseEvent*>(event)->pos().x());
    const auto distance = [&](const Point& point) { return std::abs(std::log(point.x / std::max(1e-300, x))); };
    emit pointed(
        *std::min_element(m_points.begin(), m_points.end(), [&](const Point& a, const Point& b) { return distance(a) < distance(b); }));
  }
  return QWidget::eventFilter(watched, event);
}

QString BandPlot::dataAsText() const {
  auto text = QStringLiteral("%1\t%2\t%3\t%4\n").arg(m_plot->xAxis->label(), m_plot->yAxis->label(), tr("lowest"), tr("highest"));
  for (const auto& point : m_points)
    text += QStringLiteral("%1\t%2\t%3\t%4\n")
                .arg(QString::number(point.x, 'g', 6), QString::number(point.y, 'g', 6), QString::number(point.low, 'g', 6),
                     QString::number(point.high, 'g', 6));
  return text;
}

QString BandPlot::savePicture(const QString& file) {
  recolour(file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive) ? palette() : lightPalette());
  auto problem = ui::savePicture(m_plot, file);
  recolour(palette());
  return problem;
}

void BandPlot::draw(QPainter& painter) {
  auto& of = static_cast<QCPPainter&>(painter);
  recolour(lightPalette());
  of.setMode(QCPPainter::pmVectorized);
  of.setMode(QCPPainter::pmNoCaching);
  painter.save();
  m_plot->toPainter(&of, m_plot->width(), m_plot->height());
  painter.restore();
  recolour(palette());
}

}  // namespace incipit::ui
