#include "ui/workspace/run_queue.h"

#include "core/dataset/table.h"
#include "ui/workspace/text.h"

#include <QFileInfo>
#include <algorithm>
#include <utility>

namespace incipit::ui {

void RunQueue::add(WaitingRun run) {
  m_runs.push_back(std::move(run));
  emit changed();
}

void RunQueue::drop(std::size_t place) {
  if (place >= m_runs.size()) return;
  m_runs.erase(m_runs.begin() + std::ptrdiff_t(place));
  if (m_runs.empty()) m_paused = false;
  emit changed();
}

void RunQueue::move(std::size_t from, std::size_t to) {
  if (from >= m_runs.size() || to >= m_runs.size() || from == to) return;
  const auto first = m_runs.begin();
  if (from < to)
    std::rotate(first + std::ptrdiff_t(from), first + std::ptrdiff_t(from) + 1, first + std::ptrdiff_t(to) + 1);
  else
    std::rotate(first + std::ptrdiff_t(to), first + std::ptrdiff_t(from), first + std::ptrdiff_t(from) + 1);
  emit changed();
}

std::optional<WaitingRun> RunQueue::takeNext() {
  if (m_paused || m_runs.empty()) return {};
  auto next = std::optional(std::move(m_runs.front()));
  m_runs.erase(m_runs.begin());
  emit changed();
  return next;
}

void RunQueue::pause() {
  if (m_runs.empty() || std::exchange(m_paused, true)) return;
  emit changed();
}

void RunQueue::goOn() {
  if (std::exchange(m_paused, false)) emit changed();
}

QString RunQueue::titleOf(std::size_t place, const TrainingPlan* before) const {
  const auto& run = m_runs[place];
  const auto* earlier = place > 0 ? &m_runs[place - 1].plan : before;
  QStringList words;
  if (earlier) {
    auto known = *earlier;
    known.out = run.plan.out, known.defaults = run.plan.defaults;
    for (const auto& change : differences(known, run.plan))
      if (change.knob != "train" && change.knob != "model")
        words << toText(change.knob).replace(QLatin1Char('_'), QLatin1Char(' ')) + QLatin1Char(' ') + toText(change.after);
  }
  if (words.isEmpty()) words << tr("seed %1").arg(run.plan.seed);
  if (words.size() > 3) words = words.mid(0, 3) << tr("and more");
  return tr("%1 (%2 on %3)").arg(words.join(QStringLiteral(", ")), QFileInfo(toText(run.plan.model)).fileName(), QFileInfo(toText(run.plan.train)).fileName());
}

}  // namespace incipit::ui
