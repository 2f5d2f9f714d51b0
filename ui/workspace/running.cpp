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
  auto plan = m_plan;
  try {
    if (plan.out.empty()) plan.out = freshRunFolder(m_runsFolder);
  } catch (...) {
    emit problemFound(Step::Training, problemFrom(std::current_exception()));
    return;
  }
  const auto recipe = this->recipe();
  plan.numVirtualTokens = recipe.length;  // of an adapter that it starts from
  takeRun({toText(plan.out.filename()), plan.out, plan, m_model->fingerprint, m_data->training->fingerprint, recipe, {}, {}, 0, {}});
  m_stopping = false;
  emit problemFound(Step::Training, {});

  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, plan, recipe, model = m_model, data = m_data](Job& job) {
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        const auto* tokenizer = model->tokenizer.get();
        return carryOut({plan, model->frozen, model->tokenizer, data->training, data->validation,
                         makePrompt(recipe, *model->frozen, tokenizer), nullptr},
                        listen, job.stop());
      },
      [this](TrainingResult result) {
        auto run = *m_run;
        run.kept = std::make_shared<const SoftPrompt>(std::move(result.best));
        run.keptStep = result.summary.bestStep;
        m_run = std::make_shared<const RunInView>(std::move(run));
        showKeptPrompt();
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
    if (auto* snapshot = std::get_if<Snapshotted>(&event); snapshot && !snapshot->prompt.empty()) {
      auto prompt = std::exchange(snapshot->prompt, {});
      if (m_run->isOf(m_model))
        takePrompt(PromptInView{PromptState::Training, std::move(prompt), m_model, m_run->folder, m_run->name, snapshot->step, {}, {}});
    }
    m_events->push_back(std::move(event));
  }
}

void Workspace::endRun(RunEnd end) {
  auto run = *m_run;
  run.end = end;
  m_run = std::make_shared<const RunInView>(std::move(run));
  m_stopping = false;
  emit runEnded(end);
  emit statusChanged();
}

}  // namespace incipit::ui
