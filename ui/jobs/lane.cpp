#include "ui/jobs/lane.h"

#include <utility>

namespace incipit::ui {

Lane::Lane() : m_thread([this] { loop(); }) {}

Lane::~Lane() {
  {
    const std::lock_guard lock(m_mutex);
    m_closing = true;
    m_waiting = nullptr;
    m_runningStop.request_stop();
  }
  m_changed.notify_all();
  m_thread.join();
}

void Lane::replace(Work work) {
  {
    const std::lock_guard lock(m_mutex);
    m_runningStop.request_stop();
    m_waiting = std::move(work);
    m_waitingStop = std::stop_source();
  }
  m_changed.notify_all();
}

void Lane::requestStop() {
  const std::lock_guard lock(m_mutex);
  m_runningStop.request_stop();
  m_waitingStop.request_stop();
}

void Lane::wait() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return !m_busy && !m_waiting; });
}

void Lane::loop() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_changed.wait(lock, [this] { return m_closing || m_waiting; });
    if (m_closing) return;
    const Work work = std::exchange(m_waiting, nullptr);
    m_runningStop = m_waitingStop;
    const auto stop = m_runningStop.get_token();
    m_busy = true;
    lock.unlock();
    work(stop);
    lock.lock();
    m_busy = false;
    m_changed.notify_all();
  }
}

}  // namespace incipit::ui
