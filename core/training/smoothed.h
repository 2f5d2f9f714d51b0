// The one smoothed loss of the program: what the curve draws bold, what events.jsonl and the list of runs call smoothed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace incipit {

// An exponential moving average whose memory grows with the run: at step n it reaches back a quarter of the steps, and no further than
// 1 / (1 - weight) of them. So it does not lag behind a loss that falls fast at the start, and is calm later.
inline constexpr double smoothedWeight = 0.9;

class Smoothed {
 public:
  explicit Smoothed(double weight = smoothedWeight, double value = 0, std::int64_t pushed = 0)
      : m_weight(weight), m_value(value), m_pushed(pushed) {}

  double push(double value) {  // values that are no number are passed over
    if (!std::isfinite(value)) return m_pushed > 0 ? m_value : value;
    ++m_pushed;
    const double share = std::max(1 - m_weight, std::min(1.0, 4 / static_cast<double>(m_pushed)));
    m_value += share * (value - m_value);
    return m_value;
  }

 private:
  double m_weight, m_value;
  std::int64_t m_pushed;
};

}  // namespace incipit
