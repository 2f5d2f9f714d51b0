// Random numbers that are the same on every machine, and whose state can be saved and restored.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace incipit {

// The engine is std::mt19937_64 (fixed by the standard); the distributions are our own, because the standard's differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0) : m_engine(seed) {}

  std::uint64_t below(std::uint64_t bound);               // uniform in [0, bound), without modulo bias
  double uniform();                                       // uniform in [0, 1), 53 bits
  double normal();                                        // N(0, 1), Box-Muller
  std::vector<std::int64_t> permutation(std::int64_t n);  // Fisher-Yates of 0 .. n-1

  std::string state() const;
  void restore(const std::string& state);  // throws FormatError when it is no such state

 private:
  std::mt19937_64 m_engine;
};

}  // namespace incipit
