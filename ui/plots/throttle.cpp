#include "ui/plots/throttle.h"

#include <algorithm>

namespace incipit::ui {

Throttle::Throttle(std::function<void()> act, std::chrono::milliseconds interval, QObject* parent)
    : QObject(parent), m_act(std::move(act)), m_interval(interval) {
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  // By the beat: a timer that wakes a little late does not slow it.
  connect(&m_timer, &QTimer::timeout, this, [this] { this->act(m_next); });
}

void Throttle::request() {
  if (m_waiting) return;
  const auto now = Clock::now();
  if (now >= m_next) {
    act(now);
    return;
  }
  m_waiting = true;
  m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(m_next - now));
}

void Throttle::flush() {
  if (m_waiting) act(Clock::now());
}

void Throttle::act(Clock::time_point beat) {
  m_waiting = false;
  m_timer.stop();
  const auto start = Clock::now();
  m_act();
  const auto end = Clock::now();
  // A slow act leaves the event loop as much time as it took, up to an interval.
  m_next = std::max(beat + m_interval, end + std::min<Clock::duration>(end - start, m_interval));
}

}  // namespace incipit::ui
