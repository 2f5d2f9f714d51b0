// What the report says of the data in view: sentences, each with a button that shows the rows it is about, and how long the examples are.
#pragma once

#include "core/dataset/report.h"

#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace incipit {
struct Table;
}

namespace incipit::ui {

class LengthBars;
struct ReadData;
class Workspace;

class ReportView : public QWidget {
  Q_OBJECT
 public:
  explicit ReportView(Workspace& workspace, QWidget* parent = nullptr);
  // A report belongs to the data it was made from, and is shown as long as that is in view.
  const DataReport* report() const { return m_report.get(); }

 signals:
  void rowsWanted(const std::shared_ptr<const Table>& table, const std::vector<std::int64_t>& rows, const QString& title);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void refresh();
  void look();
  void show(std::shared_ptr<const DataReport> report);
  void addFinding(const Finding& finding);
  void setBusy(bool busy);

  Workspace& m_workspace;
  std::shared_ptr<const ReadData> m_of;
  std::shared_ptr<const DataReport> m_report;  // null: being made, or not asked for
  QPushButton *m_look, *m_cancel;
  QProgressBar* m_progress;
  LengthBars* m_lengths;
  QLabel* m_problem;
  QWidget* m_findings;
  QVBoxLayout* m_list;
};

}  // namespace incipit::ui
