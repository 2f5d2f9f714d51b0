// What is open now: model, data, plan, prompt and run. Panels read it, ask it to open things, and listen; they never know each other.
#pragma once

#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/model/card/card.h"
#include "core/prompt/recipe.h"
#include "core/training/events.h"
#include "core/training/plan.h"
#include "core/training/train.h"
#include "ui/jobs/jobs.h"

#include <QList>
#include <QObject>
#include <QUndoStack>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace incipit {
class FrozenModel;
class Tokenizer;
}  // namespace incipit

namespace incipit::ui {

enum class Step { Model = 1, Data, Prompt, Training };  // the four numbered panels

// What stands between the user and a pressed Train button.
struct Blocker {
  Step step;
  QString sentence;  // in the user's words, with what to do
  QString knob;      // the plan.json key concerned; empty when it is not about one
};

// Where the prompt that everything looks at comes from.
enum class PromptState { None, Starting, Training, Trained, Opened };

struct RunEnd {
  enum class How { Finished, Stopped, Failed } how = How::Finished;
  QString sentence;  // "Finished after 200 steps; the best prompt stood at step 180." or what failed
  Problem problem;   // with Failed
  std::optional<Summary> summary;
};

class Workspace : public QObject {
  Q_OBJECT
 public:
  explicit Workspace(Jobs& jobs, QObject* parent = nullptr);
  ~Workspace() override;
  Jobs& jobs() const { return m_jobs; }

  // Each opens on its own thread and ends in the signal of what changed, or in problemFound().
  void openModel(const QString& nameOrFolder);  // a folder, a name in the local cache, or "demo"
  // `knobs`: how its rows become text, and how to train on them; none: the rows as they are, and the training stays as it is.
  void openData(const QString& file, const QString& validation = {}, const std::optional<TrainingPlan>& knobs = {});
  void openValidation(const QString& file);  // empty: none
  void openAdapter(const QString& path);     // becomes prompt(); the next run may start from it
  void openRun(const QString& folder);       // replayed into trainingEvent()

  // 1 Model. Null until one is open; a job keeps its own reference, so opening another in mid-run is harmless.
  const std::shared_ptr<const FrozenModel>& model() const { return m_model; }
  const std::shared_ptr<const Tokenizer>& tokenizer() const { return m_tokenizer; }
  const ModelSummary& summary() const { return m_summary; }

  // 2 Data. The examples follow every change of model and settings by themselves (encodes in the background, then dataChanged()).
  const std::shared_ptr<const Table>& table() const { return m_table; }
  const std::shared_ptr<const Examples>& trainingExamples() const { return m_training; }
  const std::shared_ptr<const Examples>& validationExamples() const { return m_validation; }  // null: none
  const Problem& dataProblem() const { return m_dataProblem; }                                // why there are no examples

  // 3 and 4. The plan being edited; every edit can be undone. Edits with the same key in a row become one ("learningRate" while typing).
  const TrainingPlan& plan() const { return m_plan; }
  void editPlan(TrainingPlan edited, const QString& what, const QString& key = {});
  QUndoStack* undoStack() { return &m_undo; }
  Reading reading() const;      // where the open model looks for the answer
  PromptRecipe recipe() const;  // of the plan, with the class labels of the data and the opened adapter filled in

  // The prompt to look at and to try: how the next run would start, the newest snapshot of the running one, the best of the last one,
  // or an opened adapter. Empty only without a model.
  const SoftPrompt& prompt() const { return m_prompt; }
  PromptState promptState() const { return m_promptState; }
  QString promptTitle() const { return m_promptTitle; }  // "step 120 of quiet-harbour-3"
  // What the rows of the opened adapter mean, for a Gemma (prompt/row_scale.h); Unsaid where there is no adapter or no second meaning.
  RowScale adapterScale() const;
  void setAdapterScale(RowScale scale);
  void showStartingPrompt();  // forget the trained or opened one (its run folder stays)

  // The run.
  QList<Blocker> blockers() const;  // empty: Train can be pressed
  bool training() const { return m_jobs.training(); }
  bool stopping() const { return m_stopping; }
  void startTraining();  // does nothing while blockers() is not empty
  void stopTraining();   // ends after the current step; everything is kept
  const QString& runName() const { return m_runName; }
  // What its prompt started from, while that can be told: the run is live, or it was made with the model that is open.
  const std::optional<PromptRecipe>& runRecipe() const { return m_runRecipe; }
  const std::filesystem::path& runFolder() const { return m_runFolder; }              // empty before the first run
  const std::vector<TrainingEvent>& events() const { return m_events; }               // of this run so far (snapshots without prompts)
  void setRunsFolder(const std::filesystem::path& folder) { m_runsFolder = folder; }  // where new runs go
  const std::filesystem::path& runsFolder() const { return m_runsFolder; }

 signals:
  void modelChanged();
  void dataChanged();
  void planChanged();
  void promptChanged();
  void statusChanged();  // blockers, training(), stopping(), what is being opened
  void runStarted();     // events() is empty again; not training(): an old run is being opened
  void trainingEvent(const incipit::TrainingEvent& event);
  void runEnded(const incipit::ui::RunEnd& end);
  void problemFound(incipit::ui::Step step, const incipit::ui::Problem& problem);  // empty problem: the step is well again

 private:
  class PlanEdit;
  void setPlan(const TrainingPlan& plan);
  void setPrompt(SoftPrompt prompt, PromptState state, const QString& title);
  void encodeData();
  void makeStartingPrompt();
  void take(std::vector<TrainingEvent> events);
  void endRun(RunEnd end);

  Jobs& m_jobs;
  QUndoStack m_undo;
  std::shared_ptr<const FrozenModel> m_model;
  std::shared_ptr<const Tokenizer> m_tokenizer;
  ModelSummary m_summary;
  std::shared_ptr<const Table> m_table, m_validationTable;
  std::shared_ptr<const Examples> m_training, m_validation;
  Problem m_dataProblem;
  TrainingPlan m_plan;
  SoftPrompt m_prompt;
  std::optional<SoftPrompt> m_adapter;  // what `init ADAPTER` starts from
  PromptState m_promptState = PromptState::None;
  QString m_promptTitle;
  std::string m_startKey;  // of the recipe and model that m_prompt started from, so that it is made anew only when they change
  QString m_runName;
  std::optional<PromptRecipe> m_runRecipe;
  std::filesystem::path m_runFolder, m_runsFolder;
  std::vector<TrainingEvent> m_events;
  bool m_stopping = false;
};

}  // namespace incipit::ui

Q_DECLARE_METATYPE(incipit::TrainingEvent)
Q_DECLARE_METATYPE(incipit::ui::RunEnd)
