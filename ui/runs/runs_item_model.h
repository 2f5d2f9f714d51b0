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
  static constexpr int SortRole = Qt::UserRole, CurveRole = Qt::UserRole + 1, FamilyRole = Qt::UserRole + 2;  // place among families

  using QAbstractTableModel::QAbstractTableModel;

  // Rows whose folder stays keep their place under selection; others come and go.
  void show(std::vector<RunEntry> runs);
  // Names stand behind their parent's, further to the right (in the order of FamilyRole); or all alike.
  void showFamilies(bool families);
  bool families() const { return m_families; }
  const RunEntry& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QString differsText(std::size_t row) const;
  void measure();

  std::vector<RunEntry> m_runs;
  Differing m_differing;
  bool m_families = false;
  std::vector<int> m_place, m_depth;  // of each run among families
};

// "81.3 % accuracy", "1.234 loss": the measure that decided, in words.
QString bestText(const RunEntry& run);

}  // namespace incipit::ui
