#include "ui/inspection/influence_bars.h"

#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/tokens/token_chip.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int gateWidth = grid * 14, chipRoom = grid * 5;

QString signedText(double value) { return (value > 0 ? QStringLiteral("+") : QString()) + valueText(value, 3); }

}  // namespace

InfluenceBars::Verdict InfluenceBars::verdictOf(const RowInfluence& row) {
  if (row.influence.low > 0) return Verdict::Helps;
  return row.influence.high < 0 ? Verdict::Harms : Verdict::Unsure;
}

InfluenceBars::InfluenceBars(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Influence of the virtual tokens, the strongest first"));
  auto* copy = new QAction(tr("Copy as a table"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(text()); });
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

void InfluenceBars::show(const Influence& found) {
  m_rows = found.rows;
  std::ranges::stable_sort(m_rows, std::ranges::greater(), [](const RowInfluence& row) { return row.influence.value; });
  m_low = m_high = m_topGate = 0;
  for (const auto& row : m_rows) {
    m_low = std::min({m_low, row.influence.low, row.influence.value});
    m_high = std::max({m_high, row.influence.high, row.influence.value});
    m_topGate = std::max(m_topGate, row.gate);
  }
  if (m_high == m_low) m_high = m_low + 1e-9;
  m_current = std::clamp(m_current, 0, std::max(0, int(m_rows.size()) - 1));
  updateGeometry();
  update();
}

void InfluenceBars::setChosen(std::vector<std::int64_t> rows) {
  m_chosen = std::move(rows);
  update();
}

QString InfluenceBars::text() const {
  QString all = tr("virtual token\tinfluence\tlow\thigh\tgate") + QLatin1Char('\n');
  for (const auto& row : m_rows)
    all += QStringLiteral("%1\t%2\t%3\t%4\t%5\n")
               .arg(row.row + 1)
               .arg(row.influence.value, 0, 'g', 6)
               .arg(row.influence.low, 0, 'g', 6)
               .arg(row.influence.high, 0, 'g', 6)
               .arg(row.gate, 0, 'g', 6);
  return all;
}

int InfluenceBars::rowHeight() const { return int(chipSize(virtualChip(1), font()).height()) + 4; }
int InfluenceBars::valueWidth() const { return fontMetrics().horizontalAdvance(QStringLiteral("−0.00e-00")) + grid; }

QSize InfluenceBars::sizeHint() const { return {grid * 75, (int(m_rows.size()) + 1) * rowHeight() + grid}; }
QSize InfluenceBars::minimumSizeHint() const { return {grid * 50, sizeHint().height()}; }

InfluenceBars::Columns InfluenceBars::columns() const {
  const double gateEnd = width() - 1, gate = gateEnd - gateWidth, value = gate - grid * 2 - valueWidth();
  return {chipRoom, std::max(chipRoom + 40.0, value - grid), value, gate, gateEnd};
}

double InfluenceBars::xOf(double influence) const {
  const auto at = columns();
  return at.bars + (influence - m_low) / (m_high - m_low) * (at.barsEnd - at.bars);
}

QRect InfluenceBars::placeOf(std::size_t place) const { return {0, (int(place) + 1) * rowHeight(), width(), rowHeight()}; }

void InfluenceBars::drawRow(QPainter& painter, const QPalette& palette, std::size_t place) const {
  const auto& row = m_rows[place];
  const auto at = columns();
  const auto base = palette.color(QPalette::Base), ink = palette.color(QPalette::Text);
  const QRectF line = placeOf(place);
  if (std::ranges::binary_search(m_chosen, row.row)) painter.fillRect(line, mixed(base, accent(palette), 0.16));
  const auto chip = virtualChip(row.row + 1);
  const auto size = chipSize(chip, font());
  painter.setRenderHint(QPainter::Antialiasing);
  paintChip(painter, QRectF(2, line.center().y() - size.height() / 2, size.width(), size.height()), chip, palette, font());

  const auto verdict = verdictOf(row);
  const auto colour = verdict == Verdict::Helps   ? hue(Hue::Blue, palette)
                      : verdict == Verdict::Harms ? hue(Hue::Vermillion, palette)
                                                  : mixed(base, ink, 0.38);
  const double zero = xOf(0), end = xOf(row.influence.value), middle = line.center().y(), half = rowHeight() * 0.28;
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawRect(QRectF(QPointF(std::min(zero, end), middle - half), QPointF(std::max(zero, end), middle + half)));
  painter.setPen(QPen(ink, 1));
  const double low = xOf(row.influence.low), high = xOf(row.influence.high);
  painter.drawLine(QPointF(low, middle), QPointF(high, middle));
  for (const double x : {low, high})
    painter.drawLine(QPointF(x, middle - 3), QPointF(x, middle + 3));
  painter.setFont(tabularDigits(font()));
  painter.setPen(verdict == Verdict::Unsure ? muted(palette) : ink);
  painter.drawText(QRectF(at.value, line.top(), valueWidth(), line.height()), Qt::AlignRight | Qt::AlignVCenter,
                   signedText(row.influence.value));

  // The gate: hollow, thin and grey, in a scale of its own, so that nobody takes it for influence.
  const double gateText = fontMetrics().horizontalAdvance(QStringLiteral("0.00e-00")) + grid;
  const double reach = (gateWidth - gateText) * (m_topGate > 0 ? row.gate / m_topGate : 0);
  painter.setPen(QPen(muted(palette), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(at.gate + gateText + 0.5, std::round(middle - 2) + 0.5, std::max(1.0, reach - 1), 4));
  painter.drawText(QRectF(at.gate, line.top(), gateText - grid, line.height()), Qt::AlignRight | Qt::AlignVCenter, valueText(row.gate, 2));
}

void InfluenceBars::draw(QPainter& painter, const QPalette& palette) const {
  if (m_rows.empty()) return;
  painter.save();
  painter.setFont(font());
  const auto at = columns();
  painter.setPen(muted(palette));
  const int line = rowHeight();
  const auto title = [&](double left, double right, const QString& text) {
    painter.drawText(QRectF(left, 0, right - left, line), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(text, Qt::ElideRight, int(right - left)));
  };
  title(at.bars, at.gate - grid, tr("Influence: what the loss grows by without the row (nats)"));
  title(at.gate, at.gateEnd, tr("Gate, a guess"));
  for (std::size_t place = 0; place < m_rows.size(); ++place)
    drawRow(painter, palette, place);
  painter.setPen(QPen(palette.color(QPalette::Text), 1));
  painter.drawLine(QPointF(xOf(0), line), QPointF(xOf(0), line * (double(m_rows.size()) + 1)));
  painter.restore();
}

void InfluenceBars::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  draw(painter, palette());
  if (!hasFocus() || m_rows.empty()) return;
  painter.setPen(QPen(accent(palette()), 1));
  painter.drawRect(placeOf(std::size_t(m_current)).adjusted(0, 0, -1, -1));
}

QString InfluenceBars::toolTipOf(std::size_t place) const {
  const auto& row = m_rows[place];
  const auto what = verdictOf(row) == Verdict::Helps   ? tr("it helps")
                    : verdictOf(row) == Verdict::Harms ? tr("it harms")
                                                       : tr("whether it helps is not sure");
  auto text = tr("Virtual token %1: without it the mean loss changes by %2 nats a scored token (95 of 100 such samples: %3 to %4), so %5.")
                  .arg(row.row + 1)
                  .arg(signedText(row.influence.value), signedText(row.influence.low), signedText(row.influence.high), what);
  if (row.accuracy) text += QLatin1Char(' ') + tr("Accuracy changes by %1.").arg(percentText(*row.accuracy));
  return text + QLatin1Char('\n') +
         tr("Gate %1: how much the loss would change, to first order, if the row were scaled (XPrompt, Ma et al. 2022). It is no "
            "influence: the "
            "row with the smallest gate can have the largest.")
             .arg(valueText(row.gate, 3));
}

bool InfluenceBars::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int place = help->pos().y() / rowHeight() - 1;
  const bool on = place >= 0 && place < int(m_rows.size());
  QToolTip::showText(help->globalPos(), on ? plainToolTip(toolTipOf(std::size_t(place))) : QString(), this);
  return true;
}

void InfluenceBars::mousePressEvent(QMouseEvent* event) {
  const int place = int(event->position().y()) / rowHeight() - 1;
  if (event->button() != Qt::LeftButton || place < 0 || place >= int(m_rows.size())) return QWidget::mousePressEvent(event);
  m_current = place;
  emit rowPressed(m_rows[std::size_t(place)].row, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
  update();
}

void InfluenceBars::keyPressEvent(QKeyEvent* event) {
  const int last = int(m_rows.size()) - 1;
  if (last < 0) return QWidget::keyPressEvent(event);
  switch (event->key()) {
  case Qt::Key_Up:
    m_current = std::max(0, m_current - 1);
    break;
  case Qt::Key_Down:
    m_current = std::min(last, m_current + 1);
    break;
  case Qt::Key_Home:
    m_current = 0;
    break;
  case Qt::Key_End:
    m_current = last;
    break;
  case Qt::Key_Space:
  case Qt::Key_Return:
  case Qt::Key_Enter:
    emit rowPressed(m_rows[std::size_t(m_current)].row, event->modifiers() & Qt::ControlModifier);
    return;
  default:
    return QWidget::keyPressEvent(event);
  }
  const auto said = toolTipOf(std::size_t(m_current));
  setAccessibleDescription(said);
  QToolTip::showText(mapToGlobal(placeOf(std::size_t(m_current)).bottomLeft()), plainToolTip(said), this);
  update();
}

}  // namespace incipit::ui
