// The run in words, above its curves: on what it was trained, what came of it, and what can be done with it now.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;
class QSpinBox;

namespace incipit::ui {

struct RunInView;
class Workspace;

// What came of it: "validation 3.80 → 3.55 (−6.6 %) on 400 rows". Pure, for the card and its test.
QString outcomeOf(const RunInView& run);

class RunCard : public QFrame {
  Q_OBJECT
 public:
  explicit RunCard(Workspace& workspace, QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void refresh();
  void refreshButtons();

  Workspace& m_workspace;
  QLabel *m_title, *m_outcome, *m_needs;
  QPushButton *m_open, *m_settings, *m_goOn, *m_longer;
  QSpinBox* m_steps;
};

}  // namespace incipit::ui
