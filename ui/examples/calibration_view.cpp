#include "ui/examples/calibration_view.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace incipit::ui {
namespace {

QString whole(double share) { return QStringLiteral("%1 %").arg(100 * share); }

}  // namespace

CalibrationView::CalibrationView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("Reliability curve: share that is right by confidence"));
  auto* copy = new QAction(tr("Copy as a table"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(text()); });
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

void CalibrationView::show(std::vector<ReliabilityBin> bins) {
  m_bins = std::move(bins);
  update();
}

QString CalibrationView::text() const {
  QString all = tr("from\tto\texamples\tconfidence\taccuracy") + QLatin1Char('\n');
  for (const auto& bin : m_bins)
    all += QStringLiteral("%1\t%2\t%3\t%4\t%5\n").arg(bin.low).arg(bin.high).arg(bin.count).arg(bin.confidence).arg(bin.accuracy);
  return all;
}

QSize CalibrationView::sizeHint() const { return {grid * 30, grid * 20}; }

QRect CalibrationView::plot() const {
  const int left = fontMetrics().horizontalAdvance(QStringLiteral("100 %")) + grid, below = fontMetrics().height() * 2 + grid / 2;
  return rect().adjusted(left, grid, -grid * 2, -below);
}

void CalibrationView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto place = QRectF(plot());
  const auto quiet = muted(palette());
  const auto x = [&](double share) { return place.left() + share * place.width(); };
  const auto y = [&](double share) { return place.bottom() - share * place.height(); };
  const auto bar = hue(Hue::Blue, palette());
  painter.setPen(QPen(hairline(palette()), 1));
  for (const double at : {0.0, 0.5, 1.0})
    painter.drawLine(QPointF(x(0), y(at)), QPointF(x(1), y(at)));
  std::int64_t most = 0;
  for (const auto& bin : m_bins)
    most = std::max(most, bin.count);
  painter.setPen(Qt::NoPen);
  for (const auto& bin : m_bins) {
    if (bin.count == 0) continue;
    auto colour = bar;  // few examples: a faint bar
    colour.setAlphaF(float(0.35 + 0.65 * double(bin.count) / double(most)));
    painter.setBrush(colour);
    painter.drawRect(QRectF(QPointF(x(bin.low) + 1, y(bin.accuracy)), QPointF(x(bin.high) - 1, y(0))));
  }
  painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DashLine));
  painter.drawLine(QPointF(x(0), y(0)), QPointF(x(1), y(1)));
  painter.setPen(quiet);
  const int line = fontMetrics().height();
  for (const double at : {0.0, 0.5, 1.0}) {
    painter.drawText(QRectF(0, y(at) - line / 2.0, place.left() - grid / 2.0, line), Qt::AlignRight | Qt::AlignVCenter, whole(at));
    painter.drawText(QRectF(x(at) - 40, place.bottom() + 2, 80, line), Qt::AlignCenter, whole(at));
  }
  painter.drawText(QRectF(place.left(), place.bottom() + line + 2, place.width(), line), Qt::AlignCenter, tr("Confidence in the answer"));
}

bool CalibrationView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto place = plot();
  const double share = double(help->pos().x() - place.left()) / std::max(1, place.width());
  QString text;
  for (const auto& bin : m_bins)
    if (share > bin.low && share <= bin.high)
      text = bin.count == 0 ? tr("No answer was given with %1 to %2 confidence").arg(percentText(bin.low), percentText(bin.high))
                            : tr("%1 with %2 confidence on average: %3 of the answers are right")
                                  .arg(examplesText(bin.count), percentText(bin.confidence), percentText(bin.accuracy));
  QToolTip::showText(help->globalPos(), text, this);
  return true;
}

}  // namespace incipit::ui
