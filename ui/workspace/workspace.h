// What is open now, as four values (values.h), and the verbs that swap them. Panels read the values, ask for verbs, and listen; they never
// know each other.
#pragma once

#include "core/support/watch.h"
#include "core/training/estimate.h"
#include "core/training/plan.h"
#include "core/training/train.h"
#include "ui/jobs/jobs.h"
#include "ui/workspace/run_queue.h"
#include "ui/workspace/selection.h"
#include "ui/workspace/values.h"

#include <QList>
#include <QObject>
#include <QTimer>
#include <QUndoStack>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace incipit {
class EventFollower;
}

namespace incipit::ui {

enum class Step { Model = 1, Data, Prompt, Training };  // the four numbered panels

// What stands between the user and a pressed Train button.
struct Blocker {
  Step step;
  QString sentence;  // in the user's words, with what to do
  QString knob;      // the plan.json key concerned; empty when it is not about one
};

class Workspace : public QObject {
  Q_OBJECT
 public:
  explicit Workspace(Jobs& jobs, QObject* parent = nullptr);
  ~Workspace() override;
  Jobs& jobs() const { return m_jobs; }

  // The four values; null until there is one. Who shows one keeps it; data() and prompt() are always those of model().
  const std::shared_ptr<const OpenModel>& model() const { return m_model; }
  const std::shared_ptr<const ReadData>& data() const { return m_data; }
  const std::shared_ptr<const PromptInView>& prompt() const { return m_prompt; }
  const std::shared_ptr<const RunInView>& run() const { return m_run; }
  PromptState promptState() const { return m_prompt ? m_prompt->state : PromptState::None; }

  // Each opens on its own thread and ends in the signal of what changed, or in problemFound().
  void openModel(const QString& nameOrFolder);  // a folder, a name in the local cache, or "demo"
  // `knobs`: how its rows become text, and how to train on them; none: the rows as they are, and the training stays as it is.
  void openData(const QString& file, const QString& validation = {}, const std::optional<TrainingPlan>& knobs = {});
  void openValidation(const QString& file);  // empty: none
  void cancelReading();                      // of data: what was open before stays, rows without tokens say so
  void openAdapter(const QString& path);     // becomes prompt(); the next run may start from it
  void openRun(const QString& folder);       // replayed into trainingEvent()
  void restore(const TrainingPlan& plan);    // every knob, and what it names, as it was at another time

  // The plan of the next run; every edit can be undone. Edits with the same key in a row become one ("learningRate" while typing).
  const TrainingPlan& plan() const { return m_plan; }
  void editPlan(TrainingPlan edited, const QString& what, const QString& key = {});
  QUndoStack* undoStack() { return &m_undo; }
  std::vector<PlanDifference> changesSinceRun() const;  // what the form says otherwise than run(); empty without one
  bool labelWasChosen() const;                          // the label column is not the user's choice: the file's column looks like one
  PromptRecipe recipe() const;                          // of the plan, with the class labels of the data and the opened adapter filled in

  // What the rows of the opened adapter mean, for a Gemma (prompt/row_scale.h); Unsaid where there is no adapter or no second meaning.
  RowScale adapterScale() const;
  void setAdapterScale(RowScale scale);
  // Which prompt is looked at, of those that there are.
  void showStartingPrompt();             // how the next run would start; the trained one stays in its run folder
  void showKeptPrompt();                 // of run(); while it is trained, its newest
  void showSnapshot(std::int64_t step);  // of run(); while it is trained, it stays in view until another one is asked for, or the end
  Selection& selection() { return m_selection; }  // of its virtual tokens

  // The next run, and the one that goes on.
  QList<Blocker> blockers() const;  // empty: Train can be pressed
  bool training() const { return m_jobs.training(); }
  bool stopping() const { return m_stopping; }
  void startTraining();  // does nothing while blockers() is not empty
  // Runs of the plan as it is, with its seed and the ones behind it, in line behind what is trained and what waits; the first begins where
  // nothing is trained.
  void putInLine(int seeds = 1);
  void putInLine(const std::vector<TrainingPlan>& plans);  // each opens its model and data when its turn comes
  QString whyNotSeveralSeeds() const;                      // a sentence; empty: nothing speaks against it
  RunQueue& queue() { return m_queue; }
  const RunQueue& queue() const { return m_queue; }
  void goOnWithQueue();                                 // after a stop
  void putBackInLine(std::vector<TrainingPlan> plans);  // which waited at another time; they stand still until goOnWithQueue()
  void stopTraining();                                  // ends after the current step; everything is kept. Also a run that is only followed
  // The run that goes on goes on in a process of its own, from the checkpoint of a stop, to the same numbers; this program may end. Says by
  // problemFound() where that process cannot be started: the run is stopped then.
  void handOver();
  // run() is trained by another program, and its events come from its folder.
  bool following() const { return m_follower != nullptr; }
  // run() again: on from its checkpoint, to its own end or for `more` steps; those at a constant rate, or with the schedule drawn anew over
  // the new total.
  void goOn(std::optional<std::int64_t> more, std::optional<double> constantRate = {});
  void evaluateStep();  // of run(), where it was stopped between two validations; stopTraining() leaves everything as it was
  bool evaluating() const { return training() && m_evaluating; }
  void continueFromPrompt();  // the next run starts from the rows of prompt()
  bool continuesFromPrompt() const;
  void holdOut(double share);  // of the training rows, for validation; 0: none
  void openWhatRunNeeds();     // its model and its data, read as it read them
  void useSettingsOfRun();     // how it was trained, for the next run
  // What that much work (ValidationCost) takes on this machine, where a run of this model has been timed.
  std::optional<double> secondsFor(double work) const;
  // What the next run takes, as far as it is known before it starts; nullopt: model or data are missing.
  std::optional<RunEstimate> estimate() const;
  void measureSpeed();  // a few steps of the next run on a copy, so that secondsFor() knows; nothing of it is kept
  void cancelMeasuring();
  bool measuring() const;
  void setRunsFolder(const std::filesystem::path& folder) { m_runsFolder = folder; }  // where new runs go
  const std::filesystem::path& runsFolder() const { return m_runsFolder; }

 signals:
  void modelChanged();
  void dataChanged();
  void planChanged();
  void promptChanged();
  void readingData(double share, double secondsLeft);  // a file is read, or its rows are turned into tokens
  void statusChanged();                                // blockers, training(), stopping(), what is being opened
  void runStarted();  // run() is another one, without events yet; not training(): an old run is being opened
  void trainingEvent(const incipit::TrainingEvent& event);
  void runEnded(const incipit::ui::RunEnd& end);
  void problemFound(incipit::ui::Step step, const incipit::ui::Problem& problem);  // empty problem: the step is well again

 private:
  class PlanEdit;
  void setPlan(const TrainingPlan& plan);
  // The only places where a value is swapped.
  void takeModel(OpenModel model);
  void takeData(ReadData data);
  void takePrompt(std::optional<PromptInView> prompt);
  void takeRun(RunInView run);

  Watch watchOf(Job& job);
  void encodeData();
  void makeStartingPrompt();
  void stopLookingBack();
  std::optional<PromptInView> keptPrompt() const;  // of the run, where it stands in front of the open model
  void take(std::vector<TrainingEvent> events);
  void measure(const TrainingEvent& event);
  std::string speedKey() const;  // of the open model on this machine, as it computes
  void begin(WaitingRun next);
  void beginFromPlan(TrainingPlan plan);
  void beginNext();
  void keep(TrainingResult result);
  void goOnElsewhere(const TrainingResult& result);
  void endRun(RunEnd end);
  void follow();

  Jobs& m_jobs;
  QUndoStack m_undo;
  TrainingPlan m_plan;
  std::shared_ptr<const OpenModel> m_model;
  std::shared_ptr<const ReadData> m_data;
  std::shared_ptr<const PromptInView> m_prompt;
  std::shared_ptr<const RunInView> m_run;
  std::shared_ptr<std::vector<TrainingEvent>> m_events;  // that m_run shows
  Selection m_selection;
  RunQueue m_queue;
  bool m_lookingBack = false;            // an earlier prompt of the run that is trained is in view,
  std::optional<PromptInView> m_newest;  //   and this is where it has come meanwhile
  std::optional<SoftPrompt> m_adapter;   // what `init ADAPTER` starts from
  std::string m_startKey;                // of the recipe and model of the starting prompt, so that it is made anew only when they change
  std::filesystem::path m_runsFolder;
  bool m_stopping = false, m_evaluating = false, m_handingOver = false;
  std::unique_ptr<EventFollower> m_follower;
  QTimer m_followTimer;
  std::string m_chosenLabel;                               // that openData() took by itself
  std::pair<std::string, double> m_speed;                  // of which model; seconds for a token read forwards
  double m_workOfStep = 0, m_elapsed = 0, m_stepping = 0;  // of the run: tokens a step; until when timed; seconds of steps alone
};

}  // namespace incipit::ui

Q_DECLARE_METATYPE(incipit::TrainingEvent)
Q_DECLARE_METATYPE(incipit::ui::RunEnd)
