#include "ui/dataset/length_bars.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace incipit::ui {

LengthBars::LengthBars(QWidget* parent) : QWidget(parent) { setFixedHeight(sizeHint().height()); }

QSize LengthBars::sizeHint() const { return {grid * 24, grid * 9}; }

void LengthBars::show(const LengthReport& lengths) {
  m_lengths = lengths;
  setAccessibleName(
      tr("Lengths of the examples: half have at most %1, the longest has %2").arg(tokensText(lengths.median), tokensText(lengths.longest)));
  update();
}

QRectF LengthBars::plot() const { return QRectF(rect()).adjusted(0, grid / 2.0, 0, -fontMetrics().height() - 2); }

// The room is in the picture where it is near: it says how much of the context is used.
std::int64_t LengthBars::tokensShown() const {
  const auto bars = std::int64_t(m_lengths.bins.size()) * m_lengths.binWidth;
  return m_lengths.room <= 2 * bars ? std::max(bars, m_lengths.room + 1) : bars;
}

void LengthBars::paintEvent(QPaintEvent*) {
  if (m_lengths.bins.empty()) return;
  QPainter painter(this);
  const auto area = plot();
  const double perToken = area.width() / double(tokensShown());
  const auto most = *std::ranges::max_element(m_lengths.bins);
  for (std::size_t i = 0; i < m_lengths.bins.size(); ++i) {
    if (m_lengths.bins[i] == 0) continue;
    const double width = perToken * double(m_lengths.binWidth);
    const double height = std::max(1.0, area.height() * double(m_lengths.bins[i]) / double(most));
    const bool cut = std::int64_t(i) * m_lengths.binWidth >= m_lengths.room;
    painter.fillRect(QRectF(area.left() + double(i) * width, area.bottom() - height, std::max(1.0, width - 1), height),
                     hue(cut ? Hue::Vermillion : Hue::Blue, palette()));
  }
  painter.setPen(hairline(palette()));
  painter.drawLine(area.bottomLeft(), area.bottomRight());
  const double room = area.left() + perToken * double(m_lengths.room);
  painter.setPen(muted(palette()));
  const QRectF words(0, area.bottom() + 2, width(), fontMetrics().height());
  painter.drawText(words, Qt::AlignLeft, tr("0 tokens"));
  if (room > area.right()) {
    painter.drawText(words, Qt::AlignRight, tr("%1, of room for %2").arg(grouped(m_lengths.longest), grouped(m_lengths.room)));
  } else {
    QPen dashed(hue(Hue::Vermillion, palette()), 1, Qt::DashLine);
    painter.setPen(dashed);
    painter.drawLine(QPointF(room, 0), QPointF(room, area.bottom()));
    painter.setPen(muted(palette()));
    painter.drawText(words, Qt::AlignRight, tr("room for %1").arg(grouped(m_lengths.room)));
  }
}

bool LengthBars::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || m_lengths.bins.empty()) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const auto tokens = std::int64_t((help->pos().x() - plot().left()) / plot().width() * double(tokensShown()));
  const auto bin = std::size_t(std::max<std::int64_t>(0, tokens) / m_lengths.binWidth);
  const auto count = bin < m_lengths.bins.size() ? m_lengths.bins[bin] : 0;
  const auto first = std::int64_t(bin) * m_lengths.binWidth;
  QToolTip::showText(help->globalPos(),
                     m_lengths.binWidth == 1
                         ? tr("%1 with %2").arg(examplesText(count), tokensText(first))
                         : tr("%1 with %2 to %3 tokens").arg(examplesText(count)).arg(first).arg(first + m_lengths.binWidth - 1),
                     this);
  return true;
}

}  // namespace incipit::ui
