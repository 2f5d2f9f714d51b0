// The run: a plan and a stop token go down, events come up.
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <mutex>
#include <type_traits>
#include <utility>

namespace incipit::ui {
namespace {

// Events of a fast run come by the thousand a second; the GUI thread gets all that wait in one call.
struct EventQueue {
  std::mutex mutex;
  std::vector<TrainingEvent> waiting;

  bool push(const TrainingEvent& event) {  // true when a call has to be posted
    const std::lock_guard lock(mutex);
    waiting.push_back(event);
    return waiting.size() == 1;
  }
  std::vector<TrainingEvent> drain() {
    const std::lock_guard lock(mutex);
    return std::exchange(waiting, {});
  }
};

QString endSentence(const TrainingResult& result) {
  const auto best = Workspace::tr("the prompt after step %1 is kept").arg(result.summary.bestStep);
  return result.stopped ? Workspace::tr("Stopped after %n step(s); %1.", nullptr, int(result.summary.steps)).arg(best)
                        : Workspace::tr("Finished after %n step(s); %1.", nullptr, int(result.summary.steps)).arg(best);
}

}  // namespace

void Workspace::startTraining() {
  if (training() || !blockers().isEmpty()) return;
  const auto recipe = this->recipe();
  auto plan = m_plan;
  std::filesystem::path folder;
  try {
    folder = plan.out.empty() ? freshRunFolder(m_runsFolder) : plan.out;
  } catch (...) {
    emit problemFound(Step::Training, problemFrom(std::current_exception()));
    return;
  }
  plan.out = folder;
  m_runFolder = folder;
  m_runName = toText(folder.filename());
  m_runRecipe = recipe;
  m_events.clear();
  m_stopping = false;
  emit problemFound(Step::Training, {});

  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, plan, recipe, model = m_model, tokenizer = m_tokenizer, training = m_training, validation = m_validation](Job& job) {
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        return carryOut({plan, model, tokenizer, training, validation, makePrompt(recipe, *model, tokenizer.get()), nullptr}, listen,
                        job.stop());
      },
      [this](TrainingResult result) {
        setPrompt(std::move(result.best), PromptState::Trained, tr("best of %1 (step %2)").arg(m_runName).arg(result.summary.bestStep));
        endRun({result.stopped ? RunEnd::How::Stopped : RunEnd::How::Finished, endSentence(result), {}, result.summary});
      },
      [this](const Problem& problem) {
        emit problemFound(Step::Training, problem);
        endRun({RunEnd::How::Failed, problem.what, problem, {}});
      });
  emit runStarted();  // training() says already that this one is live; its events come by the event loop, so none is missed
  emit statusChanged();
}

void Workspace::stopTraining() {
  if (!training() || m_stopping) return;
  m_stopping = true;
  m_jobs.stopTraining();
  emit statusChanged();
}

void Workspace::take(std::vector<TrainingEvent> events) {
  for (auto& event : events) {
    emit trainingEvent(event);
    if (auto* snapshot = std::get_if<Snapshotted>(&event)) {
      if (!snapshot->prompt.empty())
        setPrompt(std::exchange(snapshot->prompt, {}), PromptState::Training, tr("step %1 of %2").arg(snapshot->step).arg(m_runName));
    }
    m_events.push_back(std::move(event));
  }
}

void Workspace::endRun(RunEnd end) {
  m_stopping = false;
  emit runEnded(end);
  emit statusChanged();
}

}  // namespace incipit::ui
