// "2 waiting" in the run bar: the runs in line. A click lists them, to be moved, dropped, and begun again after a stop.
#pragma once

#include <QPointer>
#include <QToolButton>

class QListWidget;
class QPushButton;

namespace incipit::ui {

class Workspace;

class QueueButton : public QToolButton {
  Q_OBJECT
 public:
  explicit QueueButton(Workspace& workspace, QWidget* parent = nullptr);

 private:
  void refresh();
  void showList();
  void fill();

  Workspace& m_workspace;
  QPointer<QWidget> m_popup;
  QListWidget* m_list = nullptr;
  QPushButton *m_up = nullptr, *m_down = nullptr, *m_drop = nullptr, *m_goOn = nullptr;
};

}  // namespace incipit::ui
