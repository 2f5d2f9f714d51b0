#include "app/cli/reading_progress.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace incipit::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Line {
 public:
  explicit Line(std::string what) : m_what(std::move(what)) {}
  ~Line() {
    if (m_shown) std::fputs("\r\x1b[K", stderr);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void show(double share) {
    constexpr auto noticed = std::chrono::seconds(1);
    constexpr auto pause = std::chrono::milliseconds(100);
    const auto now = Clock::now();
    if (now - m_begun < noticed || now - m_told < pause) return;
    m_told = now;
    m_shown = true;
    std::fprintf(stderr, "\r%s: %d %%", m_what.c_str(), static_cast<int>(100 * share));
    std::fflush(stderr);
  }

 private:
  std::string m_what;
  Clock::time_point m_begun = Clock::now(), m_told = m_begun;
  bool m_shown = false;
};

}  // namespace

Watch tellReading(const std::string& what) {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return Watch([line = std::make_shared<Line>(what)](double share) { line->show(share); });
}

}  // namespace incipit::cli
