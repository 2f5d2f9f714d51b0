// A sweep as a form: some values of some knobs, how many runs they make and what they cost, and one button that puts them in line.
#pragma once

#include "core/training/plan.h"

#include <QDialog>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace incipit::ui {

class ProblemStrip;
class Workspace;

class SweepDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SweepDialog(Workspace& workspace, QWidget* parent = nullptr);

  void addKnob(const QString& key, const QString& values);
  std::vector<TrainingPlan> plans() const { return m_plans; }  // of the form as it stands; none where it says what is wrong
  QString cost() const;

 private:
  struct Row {
    QComboBox* knob;
    QLineEdit* values;
  };
  void refresh();
  void putInLine();
  std::vector<TrainingPlan> plansOfForm() const;

  Workspace& m_workspace;
  QVBoxLayout* m_rowsLayout;
  std::vector<Row> m_rows;
  std::vector<TrainingPlan> m_plans;
  QLabel* m_cost;
  ProblemStrip* m_strip;
  QPushButton *m_more, *m_go;
};

}  // namespace incipit::ui
