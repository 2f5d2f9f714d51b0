#include "ui/jobs/long_work.h"

#include "ui/jobs/jobs.h"

#include <algorithm>
#include <utility>

namespace incipit::ui {

LongWork::LongWork(Jobs& jobs, QString title, std::function<void()> cancel)
    : m_jobs(jobs), m_title(std::move(title)), m_cancel(std::move(cancel)) {
  m_clock.start();
  m_jobs.m_longWork.append(this);
  emit m_jobs.longWorkChanged();
}

LongWork::~LongWork() {
  m_jobs.m_longWork.removeOne(this);
  emit m_jobs.longWorkChanged();
}

void LongWork::at(double share) {
  m_share = std::clamp(share, 0.0, 1.0);
  emit m_jobs.longWorkChanged();
}

void LongWork::cancel() const {
  const auto act = m_cancel;  // which may end this line
  act();
}

double LongWork::secondsLeft() const {
  constexpr double soonest = 0.02;  // before, one piece more or less is all the difference
  if (m_share < soonest) return -1;
  return static_cast<double>(m_clock.elapsed()) / 1000 * (1 - m_share) / m_share;
}

}  // namespace incipit::ui
