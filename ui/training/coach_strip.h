// What the coach says about the run in view: a sentence or two between its card and its curves, each with a button for the run it suggests.
#pragma once

#include "core/coach/coach.h"

#include <QFrame>
#include <QTimer>
#include <vector>

class QLabel;
class QPushButton;

namespace incipit::ui {

class Workspace;

class CoachStrip : public QFrame {
  Q_OBJECT
 public:
  explicit CoachStrip(Workspace& workspace, QWidget* parent = nullptr);

  void begin();  // another run, without events yet
  void follow(const TrainingEvent& event);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  static constexpr std::size_t mostLines = 2;  // the most pressing
  struct Line {
    QLabel* words;
    QPushButton* button;
  };

  void refresh();
  void refreshButton(const Line& line, const Advice& advice);
  void take(const Advice& advice);  // the run's own settings with what the coach would change; and Train, where nothing trains

  Workspace& m_workspace;
  Coach m_coach;
  std::vector<Advice> m_advice;
  std::vector<Line> m_lines;
  QTimer m_soon;  // thousands of events a second need no thousand opinions
};

}  // namespace incipit::ui
