#include "ui/steps/table_copy.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QTableView>
#include <algorithm>

namespace incipit::ui {

QString tableText(const QTableView* view) {
  const auto* model = view->model();
  QList<int> rows;
  for (const auto& index : view->selectionModel()->selectedRows())
    rows.append(index.row());
  if (rows.isEmpty())
    for (int row = 0; row < model->rowCount(); ++row)
      rows.append(row);
  std::sort(rows.begin(), rows.end());
  QStringList lines, header;
  for (int column = 0; column < model->columnCount(); ++column)
    header.append(model->headerData(column, Qt::Horizontal).toString());
  lines.append(header.join(QLatin1Char('\t')));
  for (const int row : rows) {
    QStringList cells;
    for (int column = 0; column < model->columnCount(); ++column)
      cells.append(model->index(row, column).data().toString());
    lines.append(cells.join(QLatin1Char('\t')));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void makeCopyable(QTableView* view) {
  auto* copy = new QAction(QObject::tr("Copy as text"), view);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, view, [view] { QApplication::clipboard()->setText(tableText(view)); });
  view->addAction(copy);
  view->setContextMenuPolicy(Qt::ActionsContextMenu);
  view->setTabKeyNavigation(false);  // Tab leads on; arrows move within
}

}  // namespace incipit::ui
