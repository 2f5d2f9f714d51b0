// All runs of the runs folder: what became of them, what they differ in, how well each does. A double-click opens one - its curves,
// neighbours and prompt, as they were live; several are compared.
#pragma once

#include "ui/runs/runs_item_model.h"

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace incipit::ui {

class ComparePage;
class RunMenu;
class ProblemStrip;
class Workspace;

class RunsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit RunsPanel(Workspace& workspace, QWidget* parent = nullptr);
  RunsItemModel* model() const { return m_model; }

 public slots:
  void reload();
  void orderByFamilies(bool families);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* makeList();
  QWidget* makeButtons();
  QList<const RunEntry*> selected() const;  // in the order of the list
  void open();
  void compare();
  void writeReport();
  void moveToTrash();
  void refreshButtons();
  void showMenu(const QPoint& place);

  Workspace& m_workspace;
  RunsItemModel* m_model;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_table;
  QStackedLayout* m_stack;
  ComparePage* m_compare;
  RunMenu* m_menu;
  QLineEdit* m_search;
  QCheckBox* m_families;
  QPushButton *m_open, *m_compareButton, *m_report, *m_showFolder, *m_trash;
  ProblemStrip* m_strip;
  bool m_unread = false;  // the list could not be read, and the strip says why
};

}  // namespace incipit::ui
