// For work that somebody waits for: it tells how far it is, and can be given up.
#pragma once

#include <exception>
#include <functional>
#include <stop_token>
#include <utility>

namespace incipit {

// Thrown through work that was asked to stop. No Error: nothing went wrong, and nobody is told.
class GivenUp : public std::exception {
 public:
  const char* what() const noexcept override { return "given up"; }
};

class Watch {
 public:
  Watch() = default;
  explicit Watch(std::function<void(double share)> tell, std::stop_token stop = {}) : m_tell(std::move(tell)), m_stop(std::move(stop)) {}

  // Called by the work, not more often than a thousand times a second or so, with a share from 0 to 1.
  void at(double share) const {
    if (m_stop.stop_requested()) throw GivenUp();
    if (m_tell) m_tell(m_from + (m_to - m_from) * share);
  }
  // For a part of the work, from one share of the whole to another.
  Watch part(double from, double to) const {
    Watch watch = *this;
    watch.m_from = m_from + (m_to - m_from) * from;
    watch.m_to = m_from + (m_to - m_from) * to;
    return watch;
  }

 private:
  std::function<void(double)> m_tell;
  std::stop_token m_stop;
  double m_from = 0, m_to = 1;
};

}  // namespace incipit
