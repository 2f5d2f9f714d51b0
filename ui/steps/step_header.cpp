#include "ui/steps/step_header.h"

#include "ui/settings/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QResizeEvent>
#include <QToolTip>
#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int disc = 24, margin = grid * 3 / 2;

QFont titleFont(const QFont& font) {
  auto bold = font;
  bold.setWeight(QFont::DemiBold);
  return bold;
}

}  // namespace

StepHeader::StepHeader(int number, const QString& title, QWidget* parent) : QAbstractButton(parent), m_number(number) {
  setText(title);
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::PointingHandCursor);
  auto policy = QSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

void StepHeader::show(StepPanel::State state, const QString& sentence, bool folded) {
  m_state = state;
  m_sentence = sentence;
  m_folded = folded;
  setAccessibleName(tr("Step %1, %2").arg(m_number).arg(text()));
  setAccessibleDescription(sentence + (folded ? tr(" Folded.") : tr(" Unfolded.")));
  updateGeometry();
  update();
}

// Where the sentence stands, below the title: one line, two when it is long, three when it says what is wrong.
QRect StepHeader::sentencePlace(int width) const {
  const QFontMetrics title(titleFont(font())), line(font());
  const int left = margin + disc + margin, room = std::max(40, width - left - margin - grid * 2);
  const int height = line.boundingRect(QRect(0, 0, room, 1000), Qt::TextWordWrap, m_sentence).height();
  return {left, grid + title.height(), room, std::clamp(height, line.height(), mostLines() * line.lineSpacing())};
}

int StepHeader::mostLines() const { return m_state == StepPanel::State::Problem ? 3 : 2; }

// The sentence as it fits there; what does not is in the tooltip.
QString StepHeader::fitted(const QRect& place) const {
  const QFontMetrics line(font());
  const auto fits = [&](const QString& text) {
    return line.boundingRect(QRect(0, 0, place.width(), 10000), Qt::TextWordWrap, text).height() <= place.height();
  };
  if (fits(m_sentence)) return m_sentence;
  auto shown = m_sentence;
  while (shown.contains(QLatin1Char(' ')) && !fits(shown + QChar(0x2026)))
    shown = shown.section(QLatin1Char(' '), 0, -2);
  return shown + QChar(0x2026);
}

int StepHeader::heightForWidth(int width) const { return sentencePlace(width).bottom() + 1 + grid; }
QSize StepHeader::sizeHint() const { return {320, heightForWidth(width() > 100 ? width() : 320)}; }
QSize StepHeader::minimumSizeHint() const { return {160, grid * 2 + QFontMetrics(font()).height() * 2}; }

void StepHeader::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
    click();
  else
    QAbstractButton::keyPressEvent(event);
}

// A narrower head (a scroll bar came up beside it) may need another line.
void StepHeader::resizeEvent(QResizeEvent* event) {
  QAbstractButton::resizeEvent(event);
  if (event->size().width() != event->oldSize().width()) updateGeometry();
}

bool StepHeader::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {  // the whole sentence where the line is too narrow for it
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), m_sentence, this);
    return true;
  }
  return QAbstractButton::event(event);
}

void StepHeader::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto& colours = palette();
  if (underMouse()) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(colours.color(QPalette::Base), colours.color(QPalette::Text), 0.04));
    painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), 6, 6);
  }
  const bool well = m_state == StepPanel::State::Ready || m_state == StepPanel::State::Busy;
  const auto sign = m_state == StepPanel::State::Problem ? hue(Hue::Vermillion, colours) : accent(colours);

  const QRectF circle(margin, (height() - disc) / 2.0, disc, disc);
  painter.setPen(QPen(well || m_state == StepPanel::State::Problem ? sign : muted(colours), 1.5));
  painter.setBrush(well ? QBrush(sign) : QBrush(Qt::NoBrush));
  painter.drawEllipse(circle.adjusted(0.75, 0.75, -0.75, -0.75));
  painter.setFont(titleFont(font()));
  painter.setPen(well ? colours.color(QPalette::HighlightedText) : m_state == StepPanel::State::Problem ? sign : muted(colours));
  painter.drawText(circle, Qt::AlignCenter, m_state == StepPanel::State::Problem ? QStringLiteral("!") : QString::number(m_number));

  const auto place = sentencePlace(width());
  painter.setPen(colours.color(QPalette::Text));
  painter.drawText(QRect(place.left(), grid, place.width(), place.top() - grid), Qt::AlignLeft | Qt::AlignVCenter, text());
  painter.setFont(font());
  painter.setPen(m_state == StepPanel::State::Problem ? colours.color(QPalette::Text) : muted(colours));
  painter.drawText(place, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, fitted(place));

  const QPointF tip(width() - margin - 4, height() / 2.0);  // points down when unfolded, to the right when folded
  QPainterPath chevron;
  if (m_folded) {
    chevron.moveTo(tip + QPointF(-2, -4));
    chevron.lineTo(tip + QPointF(2, 0));
    chevron.lineTo(tip + QPointF(-2, 4));
  } else {
    chevron.moveTo(tip + QPointF(-4, -2));
    chevron.lineTo(tip + QPointF(0, 2));
    chevron.lineTo(tip + QPointF(4, -2));
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(muted(colours), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPath(chevron);
  if (hasFocus()) {
    painter.setPen(QPen(accent(colours), 1.5));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6);
  }
}

}  // namespace incipit::ui
