// The runs that wait their turn. Each is a plan with the model and the data that were open when it was put in line: whatever is opened
// meanwhile, it is trained as it was asked for. Those that waited when the studio was closed come back as their plans, which name their
// model and data by file.
#pragma once

#include "core/prompt/recipe.h"
#include "core/training/plan.h"
#include "ui/workspace/values.h"

#include <QObject>
#include <QString>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace incipit::ui {

struct WaitingRun {
  TrainingPlan plan;
  std::shared_ptr<const OpenModel> model;  // null: model and data are opened when its turn comes
  std::shared_ptr<const ReadData> data;
  PromptRecipe recipe;
};

class RunQueue : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const std::vector<WaitingRun>& runs() const { return m_runs; }
  bool empty() const { return m_runs.empty(); }
  void add(WaitingRun run);
  void drop(std::size_t place);
  void move(std::size_t from, std::size_t to);
  std::optional<WaitingRun> takeNext();  // nothing: none waits, or the line stands still

  // After a stop or a failure nothing begins by itself.
  bool paused() const { return m_paused; }
  void pause();
  void goOn();

  // What it differs in from the one before it in line, or from `before`: "seed 3", "learning rate 0.01, seed 2"; its model and data.
  QString titleOf(std::size_t place, const TrainingPlan* before) const;

 signals:
  void changed();

 private:
  std::vector<WaitingRun> m_runs;
  bool m_paused = false;
};

}  // namespace incipit::ui
