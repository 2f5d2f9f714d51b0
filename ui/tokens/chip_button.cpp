#include "ui/tokens/chip_button.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QDrag>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <utility>

namespace incipit::ui {
namespace {
constexpr int widest = grid * 26;
}

ChipButton::ChipButton(TokenChip chip, QString dragged, QWidget* parent)
    : QAbstractButton(parent), m_chip(std::move(chip)), m_dragged(std::move(dragged)) {
  setText(QString(m_chip.text).replace(QLatin1Char('&'), QLatin1String("&&")));  // a column's name makes no shortcut
  setAccessibleName(m_chip.text);
  setToolTip(plainToolTip(m_chip.toolTip));
  setFocusPolicy(Qt::TabFocus);  // a click leaves the cursor where the text is to be inserted
  setCursor(Qt::OpenHandCursor);
}

QSize ChipButton::sizeHint() const {
  const auto size = chipSize(m_chip, font());
  return QSize(std::min(int(size.width()) + 2, widest), int(size.height()) + 2);
}

QSize ChipButton::minimumSizeHint() const { return QSize(std::min(sizeHint().width(), grid * 8), sizeHint().height()); }

void ChipButton::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  auto chip = m_chip;
  const auto room = QRectF(rect()).adjusted(1, 1, -1, -1);
  if (chipSize(chip, font()).width() > room.width())
    chip.text = QFontMetricsF(chipFont(font())).elidedText(chip.text, Qt::ElideRight, room.width() - 2 * grid);
  paintChip(painter, room, chip, palette(), font());
  if (!hasFocus() && !underMouse()) return;
  painter.setPen(QPen(accent(palette()), hasFocus() ? 2 : 1));
  painter.drawRoundedRect(room, 4, 4);
}

void ChipButton::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->pos();
  QAbstractButton::mousePressEvent(event);
}

void ChipButton::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & Qt::LeftButton) || (event->pos() - m_pressed).manhattanLength() < QApplication::startDragDistance())
    return QAbstractButton::mouseMoveEvent(event);
  setDown(false);
  auto* data = new QMimeData;
  data->setText(m_dragged);
  QDrag drag(this);
  drag.setMimeData(data);
  drag.setPixmap(grab());
  drag.setHotSpot(event->pos());
  drag.exec(Qt::CopyAction);
}

}  // namespace incipit::ui
