// The line at the bottom: what happens now, or what is missing before Train can be pressed - a link to the step concerned.
#pragma once

#include "ui/workspace/workspace.h"

#include <QLabel>

namespace incipit::ui {

class StatusLine : public QLabel {
  Q_OBJECT
 public:
  explicit StatusLine(Workspace& workspace, QWidget* parent = nullptr);

 signals:
  void stepWanted(incipit::ui::Step step);

 private:
  void refresh();

  Workspace& m_workspace;
  QString m_lastEnd;  // what became of the last run, until something else happens
};

}  // namespace incipit::ui
