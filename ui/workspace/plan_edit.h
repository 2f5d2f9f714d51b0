// One undoable change of the plan.
#pragma once

#include "ui/workspace/workspace.h"

#include <QUndoCommand>

namespace incipit::ui {

class Workspace::PlanEdit : public QUndoCommand {
 public:
  PlanEdit(Workspace& workspace, TrainingPlan after, const QString& what, const QString& key)
      : m_workspace(workspace), m_before(workspace.plan()), m_after(std::move(after)), m_key(key) {
    setText(what);
  }

  void undo() override { m_workspace.setPlan(m_before); }
  void redo() override { m_workspace.setPlan(m_after); }
  int id() const override { return m_key.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* newer) override {
    const auto* edit = static_cast<const PlanEdit*>(newer);
    if (edit->m_key != m_key) return false;
    m_after = edit->m_after;
    return true;
  }

 private:
  Workspace& m_workspace;
  TrainingPlan m_before, m_after;
  QString m_key;
};

}  // namespace incipit::ui
