#include "ui/jobs/jobs.h"

#include "core/support/failure.h"
#include "ui/jobs/lane.h"

#include <QRegularExpression>

#include <algorithm>

namespace incipit::ui {

namespace {

// Core names files by their whole paths, in quotes; in the window a name is enough, and short enough to be read.
QString withNames(QString sentence) {
  static const QRegularExpression path(QStringLiteral(R"('/(?:[^\n]*?/)?([^/\n]+?)/?'(?=[\s.,:;)]|$))"));
  return sentence.replace(path, QStringLiteral(R"('\1')"));
}

Problem told(const Error& error) {
  Problem problem{QString::fromStdString(error.problem()), QString::fromStdString(error.remedy()), {}};
  const auto whole = problem.text();
  problem.what = withNames(problem.what);
  problem.remedy = withNames(problem.remedy);
  if (problem.text() != whole) problem.whole = whole;
  return problem;
}

}  // namespace

Problem problemFrom(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& known) {
    return told(known);
  } catch (const std::exception& unknown) {
    if (isOutOfMemory(unknown))
      return {
          QObject::tr("There is not enough memory for this."), QObject::tr("Take a smaller model, a smaller batch or shorter texts."), {}};
    return told(errorFrom(error));
  } catch (...) {
    return {QObject::tr("The work ended for a reason that the program does not know."), {}, {}};
  }
}

void Job::tell(std::function<void()> step) const { m_jobs->deliver(*this, std::move(step), false); }

Jobs::Jobs(QObject* parent) : QObject(parent) {}

Jobs::~Jobs() {
  for (auto& [name, purpose] : m_purposes)
    purpose.lane->requestStop();  // all at once, so that they end side by side
  for (auto& [name, purpose] : m_purposes)
    purpose.lane.reset();
}

void Jobs::run(const QString& name, QObject* context, Task task) {
  auto& purpose = m_purposes[name];
  if (!purpose.lane) purpose.lane = std::make_unique<Lane>();
  Job job;
  job.m_jobs = this;
  job.m_purpose = name;
  job.m_ticket = ++purpose.ticket;
  job.m_context = context;
  const bool wasBusy = std::exchange(purpose.busy, true);
  purpose.lane->replace([this, job, task = std::move(task)](std::stop_token stop) mutable {
    job.m_stop = std::move(stop);
    deliver(job, task(job), true);
  });
  if (!wasBusy) emit busyChanged(name, true);
}

// Queued on this object, which outlives every lane; the context is looked at on the GUI thread only.
void Jobs::deliver(const Job& job, Step step, bool last) {
  const auto call = [this, name = job.m_purpose, ticket = job.m_ticket, context = job.m_context, step = std::move(step), last] {
    auto& purpose = m_purposes[name];
    if (purpose.ticket != ticket) return;
    if (last) purpose.busy = false;
    if (context) step();
    if (last && purpose.ticket == ticket && !purpose.busy) emit busyChanged(name, false);
  };
  QMetaObject::invokeMethod(this, call, Qt::QueuedConnection);
}

bool Jobs::busy(const QString& purpose) const {
  const auto found = m_purposes.find(purpose);
  return found != m_purposes.end() && found->second.busy;
}

bool Jobs::busy() const {
  return std::any_of(m_purposes.begin(), m_purposes.end(), [](const auto& entry) { return entry.second.busy; });
}

void Jobs::cancel(const QString& name) {
  const auto found = m_purposes.find(name);
  if (found == m_purposes.end() || !found->second.busy) return;
  ++found->second.ticket;
  found->second.busy = false;
  found->second.lane->requestStop();
  emit busyChanged(name, false);
}

void Jobs::stopTraining() {
  const auto found = m_purposes.find(trainingLane);
  if (found != m_purposes.end() && found->second.busy) found->second.lane->requestStop();
}

void Jobs::wait(const QString& name) {
  const auto found = m_purposes.find(name);
  if (found != m_purposes.end() && found->second.lane) found->second.lane->wait();
}

}  // namespace incipit::ui
