#include "ui/plots/throttle.h"

namespace incipit::ui {

Throttle::Throttle(std::function<void()> act, std::chrono::milliseconds interval, QObject* parent)
    : QObject(parent), m_act(std::move(act)), m_interval(interval) {
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &Throttle::flush);
}

void Throttle::request() {
  if (m_waiting) return;
  const auto passed = m_sinceAct.isValid() ? std::chrono::milliseconds(m_sinceAct.elapsed()) : m_interval;
  if (passed >= m_interval) {
    act();
    return;
  }
  m_waiting = true;
  m_timer.start(m_interval - passed);
}

void Throttle::flush() {
  if (m_waiting) act();
}

void Throttle::act() {
  m_waiting = false;
  m_timer.stop();
  m_act();
  m_sinceAct.start();
}

}  // namespace incipit::ui
