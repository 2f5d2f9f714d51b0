// The rows of a prompt and how they are, as a table: a row a virtual token. Values change in place while training runs. Its roles are those
// of the neighbours' table, so one delegate draws both.
#pragma once

#include "core/inspection/health.h"

#include <QAbstractTableModel>

namespace incipit::ui {

class HealthItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Row, Norm, Drift, StartCosine, Alike, Marks, Columns };
  using QAbstractTableModel::QAbstractTableModel;

  void show(PromptHealth health);
  void clear() { show({}); }
  const PromptHealth& health() const { return m_health; }
  bool startIsKnown() const { return !m_health.rows.empty() && m_health.rows.front().start.has_value(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : Columns; }
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QString toolTipOf(const RowHealth& row, int column) const;

  PromptHealth m_health;
  double m_topNorm = 1;
};

}  // namespace incipit::ui
