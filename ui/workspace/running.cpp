// The run: a plan and a stop token go down, events come up.
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/event_follower.h"
#include "core/runs/judge_stopped.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/runs/stop_request.h"
#include "core/support/detached.h"
#include "core/tokenizer/tokenizer.h"
#include "core/training/validation.h"
#include "ui/settings/format.h"
#include "ui/settings/settings.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QCoreApplication>
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
  const auto best = Workspace::tr("the prompt after step %1 is kept").arg(grouped(result.summary.bestStep));
  const auto& summary = result.summary;
  auto sentence = (result.stopped ? Workspace::tr("Stopped after %Ln step(s); %1: %2.", nullptr, int(summary.steps))
                                  : Workspace::tr("Finished after %Ln step(s); %1: %2.", nullptr, int(summary.steps)))
                      .arg(best, toText(summary.why));
  if (result.stopped && summary.bestStep < summary.steps)
    sentence +=
        Workspace::tr(" Steps %1 to %2 were not validated and are dropped.").arg(grouped(summary.bestStep + 1), grouped(summary.steps));
  return sentence;
}

}  // namespace

void Workspace::startTraining() {
  if (training() || !blockers().isEmpty()) return;
  begin({m_plan, m_model, m_data, recipe()});
}

// Model and data as the plan names them, whatever is open.
void Workspace::beginFromPlan(TrainingPlan plan) {
  takeRun({toText(plan.out.filename()), plan.out, plan, {}, {}, {}, {}, {}, 0, {}});
  m_stopping = m_evaluating = false;
  m_workOfStep = 0;
  emit problemFound(Step::Training, {});
  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, plan](Job& job) {
        auto prepared = prepare(plan, watchOf(job));
        job.tell(
            [this, out = plan.out, plan = prepared.plan, model = prepared.model->fingerprint(), data = prepared.training->fingerprint] {
              if (!m_run || m_run->folder != out) return;
              auto run = *m_run;
              run.plan = plan, run.modelFingerprint = model, run.dataFingerprint = data;
              m_run = std::make_shared<const RunInView>(std::move(run));
              emit statusChanged();
            });
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        return carryOut(std::move(prepared), listen, job.stop());
      },
      [this](TrainingResult result) { keep(std::move(result)); },
      [this](const Problem& problem) {
        emit problemFound(Step::Training, problem);
        endRun({RunEnd::How::Failed, problem.what, problem, {}});
      });
  emit runStarted();
  emit statusChanged();
}

void Workspace::putBackInLine(std::vector<TrainingPlan> plans) {
  for (auto& plan : plans)
    m_queue.add({std::move(plan), nullptr, nullptr, {}});
  m_queue.pause();
}

void Workspace::begin(WaitingRun next) {
  cancelMeasuring();
  auto& [plan, model, data, recipe] = next;
  try {
    if (plan.out.empty()) plan.out = freshRunFolder(m_runsFolder);
  } catch (...) {
    emit problemFound(Step::Training, problemFrom(std::current_exception()));
    m_queue.pause();
    return;
  }
  if (!model) return beginFromPlan(std::move(plan));
  plan.defaults = defaultsOf(plan);  // what is decided from here on was nobody's choice
  settleValidation(plan, *data->training, data->validation.get());
  plan.numVirtualTokens = recipe.length;  // of an adapter that it starts from
  takeRun({toText(plan.out.filename()), plan.out, plan, model->fingerprint, data->training->fingerprint, recipe, {}, {}, 0, {}});
  m_stopping = m_evaluating = false;
  const auto steps = totalSteps(plan, static_cast<std::int64_t>(data->training->items.size()));
  m_workOfStep = validationCost(plan, *data->training, nullptr).training / static_cast<double>(std::max<std::int64_t>(1, steps));
  emit problemFound(Step::Training, {});

  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, plan, recipe, model, data](Job& job) {
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        const auto* tokenizer = model->tokenizer.get();
        return carryOut({plan, model->frozen, model->tokenizer, data->training, data->validation,
                         makePrompt(recipe, *model->frozen, tokenizer), nullptr},
                        listen, job.stop());
      },
      [this](TrainingResult result) { keep(std::move(result)); },
      [this](const Problem& problem) {
        emit problemFound(Step::Training, problem);
        endRun({RunEnd::How::Failed, problem.what, problem, {}});
      });
  emit runStarted();  // training() says already that this one is live; its events come by the event loop, so none is missed
  emit statusChanged();
}

QString Workspace::whyNotSeveralSeeds() const {
  if (m_plan.validationFraction > 0)
    return tr(
        "Each seed would hold out other rows, and the runs could not be compared: give a validation file, or save the split as files.");
  if (!m_plan.out.empty()) return tr("The plan names one run folder, and each run needs its own.");
  return {};
}

void Workspace::putInLine(int seeds) {
  if (!blockers().isEmpty() || (seeds > 1 && !whyNotSeveralSeeds().isEmpty())) return;
  for (int i = 0; i < seeds; ++i) {
    WaitingRun run{m_plan, m_model, m_data, recipe()};
    run.plan.seed += static_cast<std::uint64_t>(i);
    run.recipe.seed = run.plan.seed;
    m_queue.add(std::move(run));
  }
  if (!training()) goOnWithQueue();
}

void Workspace::putInLine(const std::vector<TrainingPlan>& plans) {
  for (const auto& plan : plans)
    m_queue.add({plan, nullptr, nullptr, {}});
  if (!training()) goOnWithQueue();
}

void Workspace::goOnWithQueue() {
  m_queue.goOn();
  beginNext();
}

void Workspace::beginNext() {
  if (training() || following()) return;
  if (auto next = m_queue.takeNext()) begin(std::move(*next));
}

void Workspace::goOn(std::optional<std::int64_t> more, std::optional<double> constantRate) {
  if (training() || !m_run || !m_run->end || !m_run->kept) return;
  const auto before = m_run;
  const auto last = before->end->summary ? before->end->summary->steps : std::int64_t{0};
  const Onwards onwards{more ? std::optional(last + *more) : std::nullopt, constantRate};
  auto run = *before;
  run.end.reset();
  if (onwards.steps) run.plan.steps = *onwards.steps, run.plan.epochs = 0;
  m_run = std::make_shared<const RunInView>(std::move(run));
  m_stopping = m_evaluating = false;
  m_workOfStep = 0;
  emit problemFound(Step::Training, {});
  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, onwards, folder = before->folder](Job& job) {
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        return carryOut(prepareToGoOn(folder, onwards), listen, job.stop());
      },
      [this](TrainingResult result) { keep(std::move(result)); },
      [this, before](const Problem& problem) {
        emit problemFound(Step::Training, problem);
        m_queue.pause();
        m_run = before;  // nothing has changed
        emit runEnded(*before->end);
        emit statusChanged();
      });
  emit statusChanged();
}

void Workspace::evaluateStep() {
  if (training() || !m_run || !m_run->unjudgedStep()) return;
  const auto before = m_run;
  auto run = *before;
  run.end.reset();
  m_run = std::make_shared<const RunInView>(std::move(run));
  m_stopping = false, m_evaluating = true;
  m_workOfStep = 0;
  emit problemFound(Step::Training, {});
  const auto asItWas = [this, before] {
    m_run = before;
    m_stopping = m_evaluating = false;
    m_queue.pause();
    emit runEnded(*before->end);
    emit statusChanged();
  };
  const auto queue = std::make_shared<EventQueue>();
  m_jobs.train(
      this,
      [this, queue, folder = before->folder](Job& job) {
        const auto listen = [&](const TrainingEvent& event) {
          if (queue->push(event)) job.tell([this, queue] { take(queue->drain()); });
        };
        return judgeStopped(folder, listen, job.stop());
      },
      [this, asItWas](std::optional<TrainingResult> result) {
        m_evaluating = false;
        if (!result) return asItWas();
        keep(std::move(*result));
      },
      [this, asItWas](const Problem& problem) {
        emit problemFound(Step::Training, problem);
        asItWas();
      });
  emit statusChanged();
}

void Workspace::keep(TrainingResult result) {
  auto run = *m_run;
  run.kept = std::make_shared<const SoftPrompt>(std::move(result.best));
  run.keptStep = result.summary.bestStep;
  m_run = std::make_shared<const RunInView>(std::move(run));
  stopLookingBack();
  showKeptPrompt();
  if (std::exchange(m_handingOver, false) && result.stopped) return goOnElsewhere(result);
  endRun({result.stopped ? RunEnd::How::Stopped : RunEnd::How::Finished, endSentence(result), {}, result.summary});
}

void Workspace::handOver() {
  if (!training() || m_stopping || m_evaluating) return;
  m_handingOver = true;
  stopTraining();
}

// The stop has left a checkpoint, from which the terminal's twin goes on.
void Workspace::goOnElsewhere(const TrainingResult& result) {
  const auto sentence = endSentence(result);
  RunEnd end{RunEnd::How::Stopped, sentence, {}, result.summary};
  try {
    const auto program = toPath(QCoreApplication::applicationDirPath()) / "incipit-cli";
    startDetached(program, {"resume", m_run->folder.string()}, layout::output(m_run->folder));
    end.sentence = tr("%1 goes on in the background, from step %2.").arg(m_run->name, grouped(result.summary.steps));
    QTimer::singleShot(3000, this, [this, folder = m_run->folder] {  // by then it writes
      if (m_run && m_run->folder == folder && !training() && !following()) openRun(toText(folder));
    });
  } catch (...) {
    emit problemFound(Step::Training, problemFrom(std::current_exception()));
  }
  endRun(std::move(end));
}

// What another program has written of the run since the last look; at its end the run is opened as it is now.
void Workspace::follow() {
  if (!m_follower) return;
  const bool goesOn = m_follower->goesOn();
  try {
    take(m_follower->next());
  } catch (...) {
    emit problemFound(Step::Training, problemFrom(std::current_exception()));
  }
  if (goesOn) return;
  m_follower.reset();
  m_followTimer.stop();
  m_stopping = false;
  openRun(toText(m_run->folder));
}

void Workspace::stopTraining() {
  if (following() && !m_stopping) {
    try {
      requestStop(m_run->folder);
      m_stopping = true;
    } catch (...) {  // it has ended meanwhile, which the next look says
    }
    emit statusChanged();
    return;
  }
  if (!training() || m_stopping) return;
  m_stopping = true;
  m_jobs.stopTraining();
  emit statusChanged();
}

void Workspace::take(std::vector<TrainingEvent> events) {
  for (auto& event : events) {
    measure(event);
    emit trainingEvent(event);
    if (auto* snapshot = std::get_if<Snapshotted>(&event); snapshot && !snapshot->prompt.empty()) {
      auto prompt = std::exchange(snapshot->prompt, {});
      if (m_run->isOf(m_model)) {
        PromptInView newest{PromptState::Training, std::move(prompt), m_model, m_run->folder, m_run->name, snapshot->step, {}, {}};
        m_lookingBack ? void(m_newest = std::move(newest)) : takePrompt(std::move(newest));
      }
    }
    const bool onlyOnItsWay = std::holds_alternative<Validating>(event) || std::holds_alternative<Probing>(event);
    if (!onlyOnItsWay) m_events->push_back(std::move(event));
  }
}

// How fast the model is here: what the next run will take can be said before it starts.
void Workspace::measure(const TrainingEvent& event) {
  if (std::holds_alternative<Started>(event)) m_elapsed = m_stepping = 0;
  if (const auto* evaluated = std::get_if<Evaluated>(&event)) m_elapsed = evaluated->elapsedSeconds;
  const auto* stepped = std::get_if<Stepped>(&event);
  if (!stepped) return;
  m_stepping += stepped->elapsedSeconds - std::exchange(m_elapsed, stepped->elapsedSeconds);
  if (training() && m_workOfStep > 0 && m_run->isOf(m_model))
    m_speed = {speedKey(), m_stepping / (m_workOfStep * static_cast<double>(stepped->step))};
}

void Workspace::endRun(RunEnd end) {
  auto run = *m_run;
  run.end = end;
  m_run = std::make_shared<const RunInView>(std::move(run));
  m_stopping = false;
  stopLookingBack();
  if (!m_speed.first.empty() && m_speed.second > 0) settings::setSpeed(toText(m_speed.first), m_speed.second);
  if (end.how != RunEnd::How::Finished) m_queue.pause();  // whoever stopped it, or what failed, is looked at first
  emit runEnded(end);
  emit statusChanged();
  QTimer::singleShot(0, this, &Workspace::beginNext);  // after everybody has heard of the end
}

}  // namespace incipit::ui
