// The run in words, above its curves: on what it was trained, what came of it, and what can be done with it now.
#pragma once

#include <QFrame>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace incipit::ui {

class RateSpinBox;
struct RunInView;
class Workspace;

// What came of it: "validation 3.80 → 3.55 (−6.6 %) on 400 rows". Pure, for the card and its test.
QString outcomeOf(const RunInView& run);

class RunCard : public QFrame {
  Q_OBJECT
 public:
  explicit RunCard(Workspace& workspace, QWidget* parent = nullptr);

 signals:
  void tryWanted();     // the kept prompt, in the playground
  void exportWanted();  // of the kept prompt
  void explainWanted();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void refresh();
  void refreshButtons();
  void refreshOnwards();

  Workspace& m_workspace;
  QLabel *m_title, *m_outcome, *m_needs;
  QPushButton *m_try, *m_export, *m_explain, *m_evaluate, *m_open, *m_settings, *m_goOn, *m_longer;
  QSpinBox* m_steps;
  QComboBox* m_schedule;
  RateSpinBox* m_rate;
};

}  // namespace incipit::ui
