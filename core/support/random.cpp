#include "core/support/random.h"

#include "core/support/error.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <sstream>

namespace incipit {

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound <= 1) return 0;
  const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound: the values that would favour small results
  std::uint64_t value = m_engine();
  while (value < unfair)
    value = m_engine();
  return value % bound;
}

double Random::uniform() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u is never 0
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::vector<std::int64_t> Random::permutation(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[below(i)]);
  return order;
}

std::string Random::state() const {
  std::ostringstream out;
  out << m_engine;
  return out.str();
}

void Random::restore(const std::string& state) {
  std::istringstream in(state);
  in >> m_engine;
  // A state of zeros stays one, and whoever draws until a number is not zero would never end.
  std::mt19937_64 ahead = m_engine;
  bool dead = true;
  for (std::size_t i = 0; dead && i < 2 * std::mt19937_64::state_size; ++i)
    dead = ahead() == 0;
  if (!in || dead) throw FormatError("The saved random state cannot be understood.", "Start the run anew; its checkpoint is damaged.");
}

}  // namespace incipit
