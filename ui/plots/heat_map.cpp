#include "ui/plots/heat_map.h"

#include "ui/plots/colour_map.h"
#include "ui/plots/number_text.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr int widestName = grid * 18, widestCell = grid * 8, tallestCell = grid * 4, gap = 4;
constexpr int scaleHeight = grid, scaleWidth = grid * 16;

}  // namespace

HeatMap::HeatMap(const QString& accessibleName, QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(accessibleName);
  auto* copy = new QAction(tr("Copy as a table"), this);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(text()); });
  addAction(copy);
  setContextMenuPolicy(Qt::ActionsContextMenu);
}

void HeatMap::show(Table table) {
  const bool sameShape = table.down.size() == m_table.down.size() && table.across.size() == m_table.across.size();
  m_table = std::move(table);
  if (!sameShape) {
    m_chosen.reset();
    m_current = {0, 0};
    updateGeometry();
  }
  update();
}

void HeatMap::setPressable(bool pressable) {
  m_pressable = pressable;
  setCursor(pressable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void HeatMap::choose(std::optional<Cell> cell) {
  m_chosen = cell;
  if (cell) m_current = *cell;
  update();
}

double HeatMap::valueAt(const Cell& cell) const {
  const auto place = static_cast<std::size_t>(cell.first * m_table.across.size() + cell.second);
  return place < m_table.values.size() ? m_table.values[place] : NAN;
}

QString HeatMap::numberAt(const Cell& cell) const {
  const double value = valueAt(cell);
  return std::isnan(value) ? QString() : QLocale().toString(value * m_table.factor, 'f', m_table.digits);
}

QString HeatMap::text() const {
  QStringList lines;
  QStringList header{m_table.down.title + QStringLiteral(" \\ ") + m_table.across.title};
  for (qsizetype column = 0; column < m_table.across.size(); ++column)
    header << m_table.across.nameOf(column);
  lines << header.join(QLatin1Char('\t'));
  for (qsizetype row = 0; row < m_table.down.size(); ++row) {
    QStringList cells{m_table.down.nameOf(row)};
    for (qsizetype column = 0; column < m_table.across.size(); ++column)
      cells << QString::number(valueAt({int(row), int(column)}), 'g', 6);
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

int HeatMap::nameWidth() const {
  double width = 0;
  if (!m_table.down.chips.isEmpty())
    for (const auto& chip : m_table.down.chips)
      width = std::max(width, chipSize(chip, font()).width());
  for (const auto& name : m_table.down.names)
    width = std::max(width, double(fontMetrics().horizontalAdvance(name)));
  width = std::max(width, double(fontMetrics().horizontalAdvance(m_table.down.title)));
  return std::min(int(std::ceil(width)) + gap * 2, widestName);
}

// Of the title above, and of the names of the columns below it.
int HeatMap::nameHeight() const {
  const double chip = m_table.across.chips.isEmpty() ? fontMetrics().height() : chipSize(m_table.across.chips.front(), font()).height();
  return fontMetrics().height() + gap + int(chip) + gap;
}

QSizeF HeatMap::smallestCell() const {
  QSizeF smallest(4, 4);
  for (const auto& chip : m_table.across.chips)
    smallest.setWidth(std::max(smallest.width(), std::min(chipSize(chip, font()).width() + 1, double(grid * 6))));
  if (m_table.showNumbers) smallest.setWidth(std::max(smallest.width(), fontMetrics().horizontalAdvance(QStringLiteral("00.0")) + 6.0));
  if (!m_table.down.chips.isEmpty()) smallest.setHeight(chipSize(m_table.down.chips.front(), font()).height() + 1);
  if (m_table.showNumbers) smallest.setHeight(std::max(smallest.height(), fontMetrics().height() + 2.0));
  return smallest;
}

HeatMap::Room HeatMap::roomIn(const QSize& size) const {
  const auto smallest = smallestCell();
  Room room{double(nameWidth()), double(nameHeight()), 0, 0};
  const double below = scaleHeight + fontMetrics().height() + gap * 3;
  const auto columns = double(std::max<qsizetype>(1, m_table.across.size())), rows = double(std::max<qsizetype>(1, m_table.down.size()));
  room.cellWidth = std::clamp((size.width() - room.left - 1) / columns, smallest.width(), std::max(smallest.width(), double(widestCell)));
  room.cellHeight =
      std::clamp((size.height() - room.top - below) / rows, smallest.height(), std::max(smallest.height(), double(tallestCell)));
  if (m_table.down.size() == m_table.across.size())  // as many rows as columns: a square
    room.cellWidth = std::max(smallest.width(), std::min(room.cellWidth, room.cellHeight * 1.6));
  return room;
}

QSize HeatMap::sizeHint() const {
  const auto smallest = smallestCell();
  const double width = std::max(smallest.width(), 20.0), height = std::max(smallest.height(), 20.0);
  return {int(nameWidth() + width * double(m_table.across.size())) + 2,
          int(nameHeight() + height * double(m_table.down.size())) + scaleHeight + fontMetrics().height() + gap * 3};
}

QSize HeatMap::minimumSizeHint() const {
  const auto smallest = smallestCell();
  return {std::max(int(nameWidth() + std::ceil(smallest.width() * double(m_table.across.size()))) + 2, nameWidth() + scaleWidth + grid * 8),
          int(nameHeight() + std::ceil(smallest.height() * double(m_table.down.size()))) + scaleHeight + fontMetrics().height() + gap * 3};
}

QRect HeatMap::placeOf(const Cell& cell) const {
  const auto room = roomIn(size());
  const double left = room.left + cell.second * room.cellWidth, top = room.top + cell.first * room.cellHeight;
  return QRectF(QPointF(left, top), QPointF(left + room.cellWidth, top + room.cellHeight)).toRect();
}

std::optional<HeatMap::Cell> HeatMap::cellAt(const QPoint& place) const {
  const auto room = roomIn(size());
  const int column = int(std::floor((place.x() - room.left) / room.cellWidth));
  const int row = int(std::floor((place.y() - room.top) / room.cellHeight));
  if (row < 0 || column < 0 || row >= m_table.down.size() || column >= m_table.across.size()) return {};
  return Cell{row, column};
}

QColor HeatMap::colourOf(double value, const QPalette& palette) const {
  if (m_table.colours == Colours::Diverging) {
    const double most = std::max(std::abs(m_table.low), std::abs(m_table.high));
    return divergingColour(most > 0 ? value / most : 0, palette);
  }
  const double range = m_table.high - m_table.low;
  return sequentialColour(range > 0 ? (value - m_table.low) / range : 0);
}

void HeatMap::drawNames(QPainter& painter, const QPalette& palette, const Room& room) const {
  const auto ink = palette.color(QPalette::Text), quiet = muted(palette);
  const auto &down = m_table.down, &across = m_table.across;
  painter.setPen(quiet);
  const double line = fontMetrics().height();
  painter.drawText(QRectF(room.left, 0, 10'000, line), Qt::AlignLeft | Qt::AlignVCenter, across.title);
  painter.drawText(QRectF(0, room.top - line - gap, room.left - gap, line), Qt::AlignLeft | Qt::AlignVCenter, down.title);
  painter.setPen(ink);
  double next = room.left;  // where there is room again for a name
  for (qsizetype column = 0; column < across.size(); ++column) {
    const double left = room.left + double(column) * room.cellWidth;
    if (!across.chips.isEmpty()) {
      const auto& chip = across.chips[column];
      const auto size = chipSize(chip, font());
      const double width = std::min(size.width(), room.cellWidth - 1);
      paintChip(painter, QRectF(left + (room.cellWidth - width) / 2, room.top - size.height() - gap / 2.0, width, size.height()), chip,
                palette, font());
      continue;
    }
    const double width = fontMetrics().horizontalAdvance(across.names[column]) + gap;
    const double begin = left + (room.cellWidth - width) / 2;
    if (begin < next && column > 0) continue;
    painter.drawText(QRectF(begin, room.top - line - gap, width, line), Qt::AlignCenter, across.names[column]);
    next = begin + width;
  }
  next = 0;
  for (qsizetype row = 0; row < down.size(); ++row) {
    const double top = room.top + double(row) * room.cellHeight;
    if (!down.chips.isEmpty()) {
      const auto& chip = down.chips[row];
      const auto size = chipSize(chip, font());
      const double width = std::min(size.width(), room.left - gap);
      paintChip(painter, QRectF(room.left - gap - width, top + (room.cellHeight - size.height()) / 2, width, size.height()), chip, palette,
                font());
      continue;
    }
    const double begin = top + (room.cellHeight - line) / 2;
    if (begin < next) continue;
    painter.setPen(ink);
    painter.drawText(QRectF(0, begin, room.left - gap * 2, line), Qt::AlignRight | Qt::AlignVCenter,
                     fontMetrics().elidedText(down.names[row], Qt::ElideRight, int(room.left) - gap * 2));
    next = begin + line - 1;
  }
}

// Below the cells: what the colours mean.
void HeatMap::drawScale(QPainter& painter, const QPalette& palette) const {
  const auto room = roomIn(size());
  const double top = room.top + room.cellHeight * double(m_table.down.size()) + gap * 2, line = fontMetrics().height();
  const auto low = m_table.lowText.isEmpty() ? valueText(m_table.low, 2) : m_table.lowText;
  const auto high = m_table.highText.isEmpty() ? valueText(m_table.high, 2) : m_table.highText;
  painter.setPen(muted(palette));
  double left = room.left;
  painter.drawText(QRectF(left, top, 400, line), Qt::AlignLeft | Qt::AlignVCenter, low);
  left += fontMetrics().horizontalAdvance(low) + gap;
  const QRectF bar(left, top + (line - scaleHeight) / 2, scaleWidth, scaleHeight);
  QLinearGradient gradient(bar.topLeft(), bar.topRight());
  for (int i = 0; i <= 16; ++i)
    gradient.setColorAt(i / 16.0, colourOf(m_table.low + (m_table.high - m_table.low) * i / 16.0, palette));
  painter.fillRect(bar, gradient);
  painter.drawText(QRectF(bar.right() + gap, top, 400, line), Qt::AlignLeft | Qt::AlignVCenter, high);
}

void HeatMap::draw(QPainter& painter, const QPalette& palette) const {
  if (m_table.down.size() == 0 || m_table.across.size() == 0) return;
  const auto room = roomIn(size());
  painter.save();
  painter.setFont(font());
  painter.setRenderHint(QPainter::Antialiasing, false);
  const double seam = std::min(room.cellWidth, room.cellHeight) >= 14 ? 1 : 0;
  for (int row = 0; row < int(m_table.down.size()); ++row)
    for (int column = 0; column < int(m_table.across.size()); ++column) {
      const double value = valueAt({row, column});
      const auto place = QRectF(placeOf({row, column})).adjusted(0, 0, -seam, -seam);
      if (std::isnan(value)) {
        painter.fillRect(place, mixed(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.05));
        continue;
      }
      const auto colour = colourOf(value, palette);
      painter.fillRect(place, colour);
      if (!m_table.showNumbers) continue;
      painter.setPen(inkOn(colour));
      painter.setFont(tabularDigits(font()));
      painter.drawText(place, Qt::AlignCenter, numberAt({row, column}));
    }
  painter.setFont(font());
  painter.setRenderHint(QPainter::Antialiasing);
  drawNames(painter, palette, room);
  drawScale(painter, palette);
  painter.setBrush(Qt::NoBrush);
  for (std::size_t column = 0; column < m_table.marked.size(); ++column) {
    if (!m_table.marked[column]) continue;
    const QRectF place(room.left + double(column) * room.cellWidth, room.top, room.cellWidth,
                       room.cellHeight * double(m_table.down.size()));
    painter.setPen(QPen(accent(palette), 2));
    painter.drawRect(place.adjusted(0.5, 0.5, -1.5, -1.5));
  }
  const auto ring = [&](const Cell& cell, double width) {
    const auto place = QRectF(placeOf(cell)).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(palette.color(QPalette::Base), width + 2));
    painter.drawRect(place);
    painter.setPen(QPen(palette.color(QPalette::Text), width));
    painter.drawRect(place);
  };
  if (m_chosen) ring(*m_chosen, 2);
  painter.restore();
}

void HeatMap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  draw(painter, palette());
  if (!hasFocus() || m_table.values.empty()) return;
  const auto place = QRectF(placeOf(m_current)).adjusted(0.5, 0.5, -0.5, -0.5);
  painter.setPen(QPen(palette().color(QPalette::Base), 3));
  painter.drawRect(place);
  painter.setPen(QPen(accent(palette()), 2));
  painter.drawRect(place);
}

bool HeatMap::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto cell = cellAt(help->pos());
  QToolTip::showText(help->globalPos(), cell && m_text ? plainToolTip(m_text(cell->first, cell->second)) : QString(), this);
  return true;
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
  const auto cell = cellAt(event->pos());
  if (!cell || event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  m_current = *cell;
  update();
  if (!m_pressable) return;
  choose(cell);
  emit cellChosen(cell->first, cell->second);
}

// Who cannot see the colours hears the number; others see it as a tooltip where the keys go.
void HeatMap::speak() {
  if (!m_text) return;
  const auto said = m_text(m_current.first, m_current.second);
  setAccessibleDescription(said);
  QToolTip::showText(mapToGlobal(placeOf(m_current).bottomRight()), plainToolTip(said), this);
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
  const int lastRow = int(m_table.down.size()) - 1, lastColumn = int(m_table.across.size()) - 1;
  if (lastRow < 0 || lastColumn < 0) return QWidget::keyPressEvent(event);
  auto& [row, column] = m_current;
  switch (event->key()) {
  case Qt::Key_Left:
    column = std::max(0, column - 1);
    break;
  case Qt::Key_Right:
    column = std::min(lastColumn, column + 1);
    break;
  case Qt::Key_Up:
    row = std::max(0, row - 1);
    break;
  case Qt::Key_Down:
    row = std::min(lastRow, row + 1);
    break;
  case Qt::Key_Home:
    column = 0;
    break;
  case Qt::Key_End:
    column = lastColumn;
    break;
  case Qt::Key_Space:
  case Qt::Key_Return:
  case Qt::Key_Enter:
    if (!m_pressable) return QWidget::keyPressEvent(event);
    choose(m_current);
    emit cellChosen(row, column);
    return;
  default:
    return QWidget::keyPressEvent(event);
  }
  update();
  speak();
}

}  // namespace incipit::ui
