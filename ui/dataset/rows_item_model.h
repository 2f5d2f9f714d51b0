// The rows of a data file for a table view, all of them or some: read-only, straight from the shared table.
#pragma once

#include "core/dataset/table.h"

#include <QAbstractTableModel>
#include <memory>
#include <vector>

namespace incipit::ui {

class RowsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(std::shared_ptr<const Table> table);
  void showOnly(std::shared_ptr<const Table> table, std::vector<std::int64_t> rows);
  bool showsAll() const { return !m_some; }
  const std::shared_ptr<const Table>& table() const { return m_table; }
  std::int64_t tableRow(int row) const { return m_some ? m_rows[std::size_t(row)] : row; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

 private:
  std::int64_t all() const;
  const std::vector<std::string>& cells(std::int64_t row) const;

  std::shared_ptr<const Table> m_table;
  bool m_some = false;
  mutable std::int64_t m_cellsOf = -1;  // a view asks for one cell of a row after the other, and each row may have to be read
  mutable std::vector<std::string> m_cells;
  std::vector<std::int64_t> m_rows;  // of the table, where only some are shown
  int m_shown = 0;                   // a view keeps some bytes for every row it knows of, so of millions it hears bit by bit
};

}  // namespace incipit::ui
