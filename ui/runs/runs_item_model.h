// The runs on the disk as a table, newest first. Raw values stand under SortRole.
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>
#include <filesystem>
#include <optional>
#include <vector>

namespace incipit::ui {

// What the list tells of a run; read from its folder in the background.
struct RunLine {
  std::filesystem::path folder;
  QString name;
  QString status;  // "finished", "stopped", "failed", "interrupted"
  std::int64_t steps = 0;
  std::optional<double> loss, validation, accuracy;
  QDateTime when;
  QString plan;     // a sentence for the tooltip
  QString problem;  // why it cannot be read; empty when it can
};

class RunsItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, Status, Steps, Loss, Validation, Accuracy, When, Columns };
  static constexpr int SortRole = Qt::UserRole;

  using QAbstractTableModel::QAbstractTableModel;

  // Rows whose folder stays keep their place under selection; others come and go.
  void show(std::vector<RunLine> runs);
  const RunLine& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  std::vector<RunLine> m_runs;
};

}  // namespace incipit::ui
