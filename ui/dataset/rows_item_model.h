// The rows of a data file for a table view: read-only, straight from the shared table.
#pragma once

#include "core/dataset/table.h"

#include <QAbstractTableModel>
#include <memory>

namespace incipit::ui {

class RowsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(std::shared_ptr<const Table> table);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::shared_ptr<const Table> m_table;
};

}  // namespace incipit::ui
