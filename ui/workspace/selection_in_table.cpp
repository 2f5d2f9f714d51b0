#include "ui/workspace/selection_in_table.h"

#include "ui/workspace/selection.h"

#include <QAbstractProxyModel>
#include <QItemSelection>
#include <QScopedValueRollback>
#include <QTableView>

#include <algorithm>
#include <memory>
#include <utility>

namespace incipit::ui {
namespace {

std::int64_t tokenOf(QModelIndex index) {
  while (const auto* proxy = qobject_cast<const QAbstractProxyModel*>(index.model()))
    index = proxy->mapToSource(index);
  return index.row();
}

void showIn(QTableView* table, const Selection& selection) {
  const auto* model = table->model();
  QItemSelection chosen;
  for (int row = 0; row < model->rowCount(); ++row)
    if (const auto first = model->index(row, 0); selection.has(tokenOf(first)))
      chosen.select(first, model->index(row, model->columnCount() - 1));
  table->selectionModel()->select(chosen, QItemSelectionModel::ClearAndSelect);
}

}  // namespace

void bindSelection(QTableView* table, Selection& selection) {
  // While one side tells the other, the other does not answer.
  struct Between {
    bool telling = false, waiting = false;
  };
  const auto between = std::make_shared<Between>();
  const auto tell = [table, &selection, between] {
    if (!std::exchange(between->waiting, false)) return;
    const QScopedValueRollback quiet(between->telling, true);
    std::vector<std::int64_t> rows;
    for (const auto& index : table->selectionModel()->selectedRows())
      rows.push_back(tokenOf(index));
    std::vector<std::int64_t> shown;
    for (int row = 0; row < table->model()->rowCount(); ++row)
      shown.push_back(tokenOf(table->model()->index(row, 0)));
    for (const auto row : selection.rows())  // chosen, and hidden here by a filter: it stays chosen
      if (std::ranges::find(shown, row) == shown.end()) rows.push_back(row);
    selection.choose(std::move(rows));
  };
  // In a moment: rows that a filter takes away are still there while the table drops them from what it has chosen.
  QObject::connect(table->selectionModel(), &QItemSelectionModel::selectionChanged, table, [table, tell, between] {
    if (between->telling || std::exchange(between->waiting, true)) return;
    QMetaObject::invokeMethod(table, tell, Qt::QueuedConnection);
  });
  const auto show = [table, &selection, between] {
    if (between->telling || between->waiting) return;
    const QScopedValueRollback quiet(between->telling, true);
    showIn(table, selection);
  };
  QObject::connect(&selection, &Selection::changed, table, show);
  // What a table forgets when its rows are made anew, or come back: nobody has chosen anything then.
  const auto showAnew = [show, between] {
    between->waiting = false;
    show();
  };
  QObject::connect(table->model(), &QAbstractItemModel::modelReset, table, showAnew);
  QObject::connect(table->model(), &QAbstractItemModel::rowsInserted, table, showAnew);
}

}  // namespace incipit::ui
