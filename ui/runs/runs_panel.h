// All runs of the runs folder: what became of them, and a double-click opens one - its curves, neighbours and prompt, as they were live.
#pragma once

#include "ui/runs/runs_item_model.h"

#include <QWidget>

class QPushButton;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace incipit::ui {

class ProblemStrip;
class Workspace;

// Reads what the list tells of every run below `folder`; slow for long runs, so done in the background.
std::vector<RunLine> readRunLines(const std::filesystem::path& folder);

class RunsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit RunsPanel(Workspace& workspace, QWidget* parent = nullptr);
  RunsItemModel* model() const { return m_model; }

 public slots:
  void reload();

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  const RunLine* selected() const;
  void open();
  void refreshButtons();

  Workspace& m_workspace;
  RunsItemModel* m_model;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_table;
  QStackedLayout* m_stack;
  QPushButton *m_open, *m_showFolder;
  ProblemStrip* m_strip;
};

}  // namespace incipit::ui
