// The only room with threads. Work goes out, results come back by queued calls to the GUI thread; exceptions end here.
//
// Two kinds of lanes: the training lane (one run at a time, stopped by request, never dropped) and the quick lanes (one a purpose:
// the newest work of a purpose replaces the older, so "playground" and "neighbours" do not disturb each other).
//
//   jobs.quick("neighbours", this,
//              [=](Job& job) { return nearestTokens(prompt, *index, 5, metric, job.stop()); },
//              [this](Neighbourhood found) { show(found); },
//              [this](const Problem& problem) { strip->show(problem); });
#pragma once

#include "ui/jobs/problem.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace incipit::ui {

class Jobs;
class Lane;
class LongWork;

// What a piece of work may do while it runs on its own thread.
class Job {
 public:
  std::stop_token stop() const { return m_stop; }
  // Runs `step` on the GUI thread, in order, before the result arrives: progress, streamed tokens. Dropped when the work has been
  // replaced or the context is gone.
  void tell(std::function<void()> step) const;

 private:
  friend class Jobs;
  Jobs* m_jobs;
  QString m_purpose;
  quint64 m_ticket;
  QPointer<QObject> m_context;
  std::stop_token m_stop;
};

class Jobs : public QObject {
  Q_OBJECT
 public:
  explicit Jobs(QObject* parent = nullptr);
  ~Jobs() override;  // stops and waits for everything

  using Failed = std::function<void(const Problem&)>;

  // `work` is called with (Job&) on the purpose's lane; then `done` with its result, or `failed`, on the GUI thread - unless newer work
  // of this purpose has come, or `context` has been destroyed.
  template <class Work, class Done>
  void quick(const QString& purpose, QObject* context, Work work, Done done, Failed failed = {}) {
    run(purpose, context, wrap(std::move(work), std::move(done), std::move(failed)));
  }
  // The training lane. Refused (false) while a run is going on. Its result is always delivered as long as the context lives.
  template <class Work, class Done>
  bool train(QObject* context, Work work, Done done, Failed failed = {}) {
    if (busy(trainingLane)) return false;
    run(trainingLane, context, wrap(std::move(work), std::move(done), std::move(failed)));
    return true;
  }

  bool busy(const QString& purpose) const;  // work of this purpose runs or waits
  bool busy() const;                        // anything at all
  bool training() const { return busy(trainingLane); }
  void cancel(const QString& purpose);  // asks it to stop; neither done nor failed will be called
  void stopTraining();                  // asks it to stop; done will be called with what the run has kept
  void wait(const QString& purpose);    // until the lane is idle; results are then delivered by the event loop
  void waitForTraining() { wait(trainingLane); }

  // What takes long now, in the order of its beginning.
  const QList<LongWork*>& longWork() const { return m_longWork; }

  static constexpr auto trainingLane = "training";

 signals:
  void busyChanged(const QString& purpose, bool busy);
  void longWorkChanged();  // begun, further, over

 private:
  friend class Job;
  friend class LongWork;
  // Runs on the lane's thread; returns what is to be done on the GUI thread afterwards.
  using Step = std::function<void()>;
  using Task = std::function<Step(Job&)>;
  struct Purpose {
    std::unique_ptr<Lane> lane;
    quint64 ticket = 0;  // of the newest work; older results are dropped
    bool busy = false;
  };

  template <class Work, class Done>
  static Task wrap(Work work, Done done, Failed failed) {
    // Shared, because work and results need not be copyable.
    auto sharedWork = std::make_shared<Work>(std::move(work));
    auto sharedDone = std::make_shared<Done>(std::move(done));
    return [sharedWork, sharedDone, failed = std::move(failed)](Job& job) -> Step {
      using Result = std::invoke_result_t<Work&, Job&>;
      try {
        if constexpr (std::is_void_v<Result>) {
          (*sharedWork)(job);
          return [sharedDone] { (*sharedDone)(); };
        } else {
          auto result = std::make_shared<Result>((*sharedWork)(job));
          return [sharedDone, result] { (*sharedDone)(std::move(*result)); };
        }
      } catch (...) {
        return [failed, problem = problemFrom(std::current_exception())] {
          if (failed) failed(problem);
        };
      }
    };
  }

  void run(const QString& purpose, QObject* context, Task task);
  void deliver(const Job& job, Step step, bool last);

  std::map<QString, Purpose> m_purposes;
  QList<LongWork*> m_longWork;
};

}  // namespace incipit::ui
