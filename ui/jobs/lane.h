// One worker thread that does one thing at a time. Used by Jobs only.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace incipit::ui {

class Lane {
 public:
  using Work = std::function<void(std::stop_token)>;

  Lane();
  ~Lane();  // asks the running work to stop and waits for it; work that has not begun is dropped
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Newest wins: asks the running work to stop, forgets what still waits, does `work` next.
  void replace(Work work);
  void requestStop();  // of the running work and of what waits: that still begins, with its stop token set
  void wait();         // until nothing runs and nothing waits

 private:
  void loop();

  std::mutex m_mutex;
  std::condition_variable m_changed;
  Work m_waiting;
  std::stop_source m_waitingStop, m_runningStop;
  bool m_busy = false;
  bool m_closing = false;
  std::thread m_thread;
};

}  // namespace incipit::ui
