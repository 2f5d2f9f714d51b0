// A form over the training plan: every field shows one knob, says in its tooltip what it does, edits the plan with undo, and shows the
// knob's problem right below itself.
#pragma once

#include "core/training/plan.h"
#include "ui/workspace/workspace.h"

#include <QWidget>
#include <functional>
#include <vector>

class QFormLayout;
class QLabel;

namespace incipit::ui {

class PlanForm : public QWidget {
  Q_OBJECT
 public:
  PlanForm(Workspace& workspace, QWidget* parent);

  struct Knob {
    const char* key;  // of plan.json, by which problemsIn() names it
    QString label;    // with its mnemonic
    QString help;     // one or two sentences
  };
  struct Choice {
    QString title;
    QString help;
    std::function<void(TrainingPlan&)> choose;
    std::function<bool(const TrainingPlan&)> chosen;
  };

  void addTitle(const QString& title);
  struct Unit {
    QString one, many;
  };
  // The range is that of core's table of the plan's fields. `zero`: what 0 means in words ("never"); empty: it is shown as a number.
  void addCount(const Knob& knob, std::int64_t TrainingPlan::*member, const QString& zero = {}, const Unit& unit = {});
  void addRate(const Knob& knob, double TrainingPlan::*member, const QString& zero = {});
  void addChoice(const Knob& knob, const std::vector<Choice>& choices);
  void addSwitch(const Knob& knob, bool TrainingPlan::*member);
  // An editor of the caller's own; `show` is called whenever the plan has changed.
  void add(const Knob& knob, QWidget* editor, std::function<void(const TrainingPlan&)> show);
  void edit(const Knob& knob, const std::function<void(TrainingPlan&)>& change);

  void addBeside(const char* key, QWidget* button);     // to the right of the field's editor
  void addBelow(const char* key, QWidget* line);        // below it: a hint, an offer
  void setFieldVisible(const char* key, bool visible);  // a knob that the open model does not have is not shown

  bool hasProblems() const;

 public slots:
  void refresh();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Field {
    QString key;
    QWidget* editor;
    QLabel* problem;
    std::function<void(const TrainingPlan&)> show;
  };

  Workspace& m_workspace;
  QFormLayout* m_rows;
  std::vector<Field> m_fields;
};

}  // namespace incipit::ui
