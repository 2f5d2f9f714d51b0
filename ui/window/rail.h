// The slim rail at the edge of the window that a folded column leaves: a click brings it back.
#pragma once

#include <QToolBar>

class QDockWidget;

namespace incipit::ui {

class Rail : public QToolBar {
  Q_OBJECT
 public:
  Rail(QDockWidget* dock, Qt::ToolBarArea edge, QWidget* parent);
  void setWanted(bool wanted);  // false: the column stands somewhere else

  void refresh();  // as its column stands

 private:
  QDockWidget* m_dock;
  bool m_wanted = true;
};

}  // namespace incipit::ui
