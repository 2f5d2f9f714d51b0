// One of the numbered setup steps: a card that folds to one line saying its state in words.
//
//   class TrainingPanel : public StepPanel { TrainingPanel(Workspace& w, QWidget* p) : StepPanel(4, tr("Training"), p) {
//     body()->addLayout(...);  setState(State::Ready, tr("AdamW, 200 steps of 8 examples")); } };
#pragma once

#include "ui/jobs/problem.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace incipit::ui {

class ProblemStrip;
class StepHeader;

class StepPanel : public QFrame {
  Q_OBJECT
 public:
  StepPanel(int number, const QString& title, QWidget* parent = nullptr);

  enum class State { Ready, Missing, Busy, Problem };
  void setState(State state, const QString& sentence);  // "demo, Llama, 5.1 M parameters, context 256"
  // While it is Busy: a share from 0 to 1, and a Cancel button that emits cancelled(); negative: neither is known.
  void setProgress(double share);
  State state() const { return m_state; }
  QString sentence() const { return m_sentence; }

  QVBoxLayout* body() const { return m_body; }  // what is shown while unfolded
  ProblemStrip* strip() const { return m_strip; }
  void showProblem(const ui::Problem& problem);  // unfolds when there is one; an empty problem hides the strip

  bool folded() const { return m_folded; }
  void setFolded(bool folded);
  void setHelpPage(const QString& page);  // F1 inside this panel opens it (see ui/help)

 signals:
  void foldedChanged(bool folded);
  void cancelled();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void placeCancel();

  State m_state = State::Missing;
  QString m_sentence;
  bool m_folded = false;
  StepHeader* m_header;
  QProgressBar* m_busy;
  QPushButton* m_cancel;
  ProblemStrip* m_strip;
  QWidget* m_content;
  QVBoxLayout* m_body;
};

// A title over a group of fields inside a panel, and a line of help under a field: the typography of every panel.
QLabel* sectionTitle(const QString& text, QWidget* parent = nullptr);
QLabel* helpLine(const QString& text, QWidget* parent = nullptr);

}  // namespace incipit::ui
