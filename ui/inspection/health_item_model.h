// How each virtual token stands, as a table: roles are those of the neighbours' table, whose delegate draws it.
#pragma once

#include "core/inspection/health.h"

#include <QAbstractTableModel>
#include <QVariant>

namespace incipit::ui {

class HealthItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Row, State, Norm, Drift, StartCosine, Alike, Columns };

  using QAbstractTableModel::QAbstractTableModel;
  void show(PromptHealth health);
  const PromptHealth& health() const { return m_health; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QVariant normData(const RowHealth& row, int role) const;

  PromptHealth m_health;
};

}  // namespace incipit::ui
