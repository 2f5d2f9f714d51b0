// Step 4: how the prompt is trained. Four fields for everybody; the rest waits behind "More settings".
#pragma once

#include "ui/steps/step_panel.h"
#include "ui/training/plan_form.h"

#include <QPointer>

class QLabel;
class QPushButton;
class QToolButton;

namespace incipit::ui {

class RateDialog;

class TrainingPanel : public StepPanel {
  Q_OBJECT
 public:
  explicit TrainingPanel(Workspace& workspace, QWidget* parent = nullptr);

 public slots:
  void showAdvanced(bool on);

 private:
  void buildFirst();
  void addLength();
  void buildAdvanced();
  void buildComputing();
  void addRecipes();
  void addForgetting();
  void addOffer();
  void testRate();
  void refresh();
  QString costs() const;
  QString amount() const;  // "1 600 examples, 5.1 times through the data"

  Workspace& m_workspace;
  PlanForm *m_first, *m_more;
  QLabel* m_amount;
  QToolButton* m_fold;
  QPushButton *m_test, *m_offer;
  QLabel* m_recipe;
  QPointer<RateDialog> m_rates;
};

}  // namespace incipit::ui
