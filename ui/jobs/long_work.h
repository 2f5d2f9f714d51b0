// Work that somebody may wait for, as a line in the one list of long jobs: what it is, how far it is, what is left, and a way to give it
// up. Lives as long as the work does.
#pragma once

#include <QElapsedTimer>
#include <QString>
#include <functional>

namespace incipit::ui {

class Jobs;

class LongWork {
 public:
  LongWork(Jobs& jobs, QString title, std::function<void()> cancel);
  ~LongWork();
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  void at(double share);  // 0 to 1
  const QString& title() const { return m_title; }
  double share() const { return m_share; }
  double secondsLeft() const;  // at the speed so far; negative: not known yet
  void cancel() const;

 private:
  Jobs& m_jobs;
  QString m_title;
  std::function<void()> m_cancel;
  QElapsedTimer m_clock;
  double m_share = 0;
};

}  // namespace incipit::ui
