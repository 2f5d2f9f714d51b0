#include "ui/inspection/table_picture.h"

#include "ui/settings/theme.h"

#include <QAbstractItemDelegate>
#include <QHeaderView>
#include <QPainter>
#include <QStyleOptionViewItem>
#include <QTableView>

namespace incipit::ui {
namespace {

constexpr int headerHeight = grid * 3;

}  // namespace

QSize tableSize(const QTableView* table) {
  const auto* model = table->model();
  int width = 0, height = headerHeight;
  for (int column = 0; column < model->columnCount(); ++column)
    width += table->columnWidth(column);  // of a hidden one 0
  for (int row = 0; row < model->rowCount(); ++row)
    height += table->rowHeight(row);
  return {width, height};
}

void drawTable(QPainter& painter, const QTableView* table, const QPalette& palette) {
  const auto* model = table->model();
  const auto* header = table->horizontalHeader();
  painter.save();
  painter.setFont(table->font());
  int left = 0;
  for (int place = 0; place < header->count(); ++place) {
    const int column = header->logicalIndex(place);
    const int width = table->columnWidth(column);
    if (width == 0) continue;
    const auto title = model->headerData(column, Qt::Horizontal).toString();
    const auto alignment = model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt();
    painter.setPen(muted(palette));
    painter.drawText(QRect(left + 4, 0, width - 8, headerHeight), alignment != 0 ? alignment : int(Qt::AlignLeft | Qt::AlignVCenter),
                     title);
    int top = headerHeight;
    for (int row = 0; row < model->rowCount(); ++row) {
      QStyleOptionViewItem option;
      option.widget = table;
      option.font = table->font();
      option.fontMetrics = table->fontMetrics();
      option.palette = palette;
      option.rect = QRect(left, top, width, table->rowHeight(row));
      option.state = QStyle::State_Enabled;
      option.features = table->wordWrap() ? QStyleOptionViewItem::WrapText : QStyleOptionViewItem::None;
      option.displayAlignment = Qt::AlignLeft | Qt::AlignVCenter;
      option.textElideMode = table->textElideMode();
      const auto index = model->index(row, column);
      table->itemDelegateForIndex(index)->paint(&painter, option, index);
      top += option.rect.height();
    }
    left += width;
  }
  painter.restore();
}

}  // namespace incipit::ui
