// "2 jobs" in the run bar while something takes longer than a moment. A click lists them, each with its progress, what is left, and Cancel.
#pragma once

#include <QPointer>
#include <QToolButton>

class QVBoxLayout;

namespace incipit::ui {

class Jobs;

class JobsButton : public QToolButton {
  Q_OBJECT
 public:
  explicit JobsButton(Jobs& jobs, QWidget* parent = nullptr);

 private:
  void refresh();
  void showList();
  void fill();

  Jobs& m_jobs;
  QPointer<QWidget> m_popup;
};

}  // namespace incipit::ui
