// A strip in the panel concerned: what failed, where, what to try. Hidden while all is well; never a dialog that only says "Error".
#pragma once

#include "ui/jobs/problem.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace incipit::ui {

class ProblemStrip : public QFrame {
  Q_OBJECT
 public:
  explicit ProblemStrip(QWidget* parent = nullptr);

  enum class Tone { Problem, Hint };                              // something failed; something is worth knowing
  void show(const Problem& problem, Tone tone = Tone::Problem);   // an empty problem hides the strip
  void showHint(const QString& sentence, const QString& action);  // with a button that emits acted()
  void clear();
  const Problem& problem() const { return m_problem; }

 signals:
  void acted();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void tell(const QString& action);

  Problem m_problem;
  Tone m_tone = Tone::Problem;
  QLabel* m_what;
  QLabel* m_remedy;
  QPushButton* m_action;
};

}  // namespace incipit::ui
