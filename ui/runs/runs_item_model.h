// The runs on the disk as a table, newest first. Raw values stand under SortRole, the points of the small curve under CurveRole.
#pragma once

#include "core/library/library.h"

#include <QAbstractTableModel>
#include <vector>

namespace incipit::ui {

class RunsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Star, Name, Curve, Status, Best, Step, When, Notes, Differs, Columns };
  static constexpr int SortRole = Qt::UserRole, CurveRole = Qt::UserRole + 1;

  using QAbstractTableModel::QAbstractTableModel;

  // Rows whose folder stays keep their place under selection; others come and go.
  void show(std::vector<RunEntry> runs);
  const RunEntry& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QString differsText(std::size_t row) const;

  std::vector<RunEntry> m_runs;
  Differing m_differing;
};

// "81.3 % accuracy", "1.234 loss": the measure that decided, in words.
QString bestText(const RunEntry& run);

}  // namespace incipit::ui
