#include "ui/tokens/token_flow.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyleOptionFocusRect>
#include <QToolTip>
#include <utility>

namespace incipit::ui {
namespace {
constexpr int gap = 4;
}

TokenFlow::TokenFlow(QWidget* parent) : QWidget(parent) {
  auto policy = QSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setFocusPolicy(Qt::TabFocus);
  setMouseTracking(true);
  setAccessibleName(tr("Tokens"));
}

void TokenFlow::setChips(QList<TokenChip> chips) {
  m_chips = std::move(chips);
  m_arrangedWidth = -1;
  setAccessibleDescription(text());
  updateGeometry();
  update();
}

void TokenFlow::setEmptyText(const QString& sentence) {
  m_emptyText = sentence;
  update();
}

void TokenFlow::setMostRows(int rows) {
  m_mostRows = rows;
  m_arrangedWidth = -1;
  updateGeometry();
}

QString TokenFlow::text() const {
  QStringList all;
  for (const auto& chip : m_chips)
    all.append(chip.badge.isEmpty() ? chip.text : chip.badge + QLatin1Char(':') + chip.text);
  return all.join(QLatin1Char(' '));
}

TokenFlow::Arrangement TokenFlow::arrange(int width) const {
  if (width == m_arrangedWidth) return m_arranged;
  Arrangement result;
  qreal x = 0, y = 0, height = chipSize({}, font()).height();
  int row = 1;
  for (qsizetype i = 0; i < m_chips.size(); ++i) {
    const auto& chip = m_chips[i];
    const auto size = chipSize(chip, font());
    if (x > 0 && x + size.width() > width) {
      if (m_mostRows > 0 && row == m_mostRows) {
        TokenChip rest;
        rest.kind = TokenChip::Kind::Overflow;
        const auto restSize = [&] {
          rest.text = QStringLiteral("+%1").arg(m_chips.size() - result.placed.size());
          return chipSize(rest, font());
        };
        while (result.placed.size() > 1 && x + restSize().width() > width) {
          x = result.placed.last().place.left();
          result.placed.removeLast();
        }
        rest.toolTip = tr("%Ln more token(s)", nullptr, int(m_chips.size() - result.placed.size()));
        result.placed.append({QRectF(QPointF(x, y), restSize()), rest});
        break;
      }
      x = 0;
      y += height + gap;
      ++row;
    }
    result.placed.append({QRectF(QPointF(x, y), QSizeF(std::min<qreal>(size.width(), width), size.height())), chip});
    x += size.width() + gap;
  }
  result.height = int(y + height);
  m_arranged = result;
  m_arrangedWidth = width;
  return result;
}

int TokenFlow::heightForWidth(int width) const {
  if (m_chips.isEmpty() && !m_emptyText.isEmpty())
    return fontMetrics().boundingRect(QRect(0, 0, width, 1000), Qt::TextWordWrap, m_emptyText).height() + gap;
  return arrange(width).height;
}

QSize TokenFlow::sizeHint() const { return {240, heightForWidth(width() > 40 ? width() : 240)}; }
QSize TokenFlow::minimumSizeHint() const { return {80, int(chipSize({}, font()).height())}; }

void TokenFlow::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  if (m_chips.isEmpty()) {
    painter.setPen(muted(palette()));
    painter.drawText(rect(), Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, m_emptyText);
    return;
  }
  for (const auto& [place, chip] : arrange(width()).placed)
    if (place.intersects(event->rect())) paintChip(painter, place, chip, palette(), font());
  if (hasFocus()) {
    painter.setPen(QPen(accent(palette()), 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
}

bool TokenFlow::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const auto& [place, chip] : arrange(width()).placed) {
      if (!place.contains(help->pos())) continue;
      QToolTip::showText(help->globalPos(), plainToolTip(chip.toolTip), this, place.toAlignedRect());
      return true;
    }
    QToolTip::hideText();
    return true;
  }
  if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) m_arrangedWidth = -1;
  return QWidget::event(event);
}

void TokenFlow::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  menu.addAction(tr("Copy as text"), this, [this] { QApplication::clipboard()->setText(text()); });
  menu.exec(event->globalPos());
}

void TokenFlow::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy))
    QApplication::clipboard()->setText(text());
  else
    QWidget::keyPressEvent(event);
}

}  // namespace incipit::ui
