// The validation examples of a run as a table: what its kept prompt made of each. Raw values stand under SortRole.
#pragma once

#include "core/runs/predictions.h"

#include <QAbstractTableModel>
#include <functional>
#include <memory>

namespace incipit::ui {

class PredictionsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Row, Text, Label, Answer, Rank, Loss, Change, Columns };
  static constexpr int SortRole = Qt::UserRole;

  using QAbstractTableModel::QAbstractTableModel;
  // The text of a row of the data, one line of it; empty where it is not at hand.
  using TextOf = std::function<QString(std::int64_t row)>;

  void show(std::shared_ptr<const Predictions> predictions);  // null: none
  void setTexts(TextOf text);
  const std::shared_ptr<const Predictions>& predictions() const { return m_predictions; }
  const Prediction& prediction(int row) const { return m_predictions->rows[static_cast<std::size_t>(row)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QVariant colourOf(const Prediction& prediction, int column) const;

  std::shared_ptr<const Predictions> m_predictions;
  TextOf m_text;
};

}  // namespace incipit::ui
