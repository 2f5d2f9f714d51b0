// "Did tuning beat simply asking?": the baselines of the run in view, one line between its card and its curves. It says what they cost,
// judges them in a job of its own, by itself where that is quick, and hands their figures to whoever draws them.
#pragma once

#include "core/runs/baselines.h"

#include <QFrame>
#include <memory>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace incipit::ui {

class LongWork;
class Workspace;

// "bare model", "12 examples shown", as lines and legends call it.
QString baselineName(const BaselineFigures& figures);

class BaselineStrip : public QFrame {
  Q_OBJECT
 public:
  explicit BaselineStrip(Workspace& workspace, QWidget* parent = nullptr);
  ~BaselineStrip() override;

  const std::vector<BaselineFigures>& figures() const { return m_figures; }
  bool running() const;
  void begin();    // another run
  void compare();  // judges what is missing, whatever it costs
  void cancel();

 signals:
  void figuresChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  // What is to be judged, with everything open that it needs.
  struct Ready {
    BaselineInput input;
    BaselinePlan plan;
    double seconds = 0;  // that it takes on this machine, as far as the run itself tells
  };

  void end();
  void measure(bool goOn);
  void judgeNow();
  void take(std::vector<BaselineFigures> figures);
  void fail(const QString& sentence);
  void refresh();
  QString outcome() const;

  Workspace& m_workspace;
  QLabel* m_words;
  QLabel* m_left;
  QProgressBar* m_progress;
  QPushButton* m_button;
  std::vector<BaselineFigures> m_figures;
  std::shared_ptr<const Ready> m_ready;
  QString m_problem;
  std::unique_ptr<LongWork> m_work;  // while they are judged
  bool m_live = false;               // the run was trained here, just now
};

}  // namespace incipit::ui
