// Draw often, but not too often: many requests become at most one act an interval, and the last request is always acted on.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace incipit::ui {

// 33 ms: thirty pictures a second, what an eye takes for smooth.
inline constexpr std::chrono::milliseconds pictureInterval{33};

class Throttle : public QObject {
  Q_OBJECT
 public:
  explicit Throttle(std::function<void()> act, std::chrono::milliseconds interval = pictureInterval, QObject* parent = nullptr);

  void request();  // acts at once when the last act is long enough ago, else at the end of the interval
  void flush();    // acts now if a request is waiting
  bool waiting() const { return m_waiting; }

 private:
  void act();

  std::function<void()> m_act;
  std::chrono::milliseconds m_interval;
  QTimer m_timer;
  QElapsedTimer m_sinceAct;  // counted from the end of an act, so that a slow one still leaves the event loop its share
  bool m_waiting = false;
};

}  // namespace incipit::ui
