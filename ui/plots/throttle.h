// Draw often, but not too often: many requests become at most one act an interval, and the last request is always acted on.
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace incipit::ui {

// Thirty pictures a second, what an eye takes for smooth, with a little room for timers that wake late.
inline constexpr std::chrono::milliseconds pictureInterval{30};

class Throttle : public QObject {
  Q_OBJECT
 public:
  explicit Throttle(std::function<void()> act, std::chrono::milliseconds interval = pictureInterval, QObject* parent = nullptr);

  void request();  // acts at once when the last act is long enough ago, else at the end of the interval
  void flush();    // acts now if a request is waiting
  bool waiting() const { return m_waiting; }

 private:
  using Clock = std::chrono::steady_clock;
  void act(Clock::time_point beat);

  std::function<void()> m_act;
  std::chrono::milliseconds m_interval;
  QTimer m_timer;
  Clock::time_point m_next = Clock::time_point::min();  // not before then
  bool m_waiting = false;
};

}  // namespace incipit::ui
