#include "core/tokenizer/text/effort.h"

#include "core/support/error.h"

#include <chrono>
#include <ctime>
#include <string>

namespace incipit {
namespace {

using Clock = std::chrono::steady_clock;

// A gigabyte of text takes a minute with the usual patterns, sixty nanoseconds a byte.
constexpr std::chrono::milliseconds timeAtLeast{2000};
constexpr std::chrono::nanoseconds timeOfByte{1000};

struct Budget {
  Clock::time_point end;
  std::chrono::nanoseconds processorEnd{};
};
thread_local Budget* current = nullptr;
thread_local Budget ofThisThread;

std::chrono::nanoseconds processorTime() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Effort::Effort(std::size_t bytes) : m_outermost(current == nullptr) {
  if (!m_outermost) return;
  const std::chrono::nanoseconds allowed = timeAtLeast + timeOfByte * static_cast<long long>(bytes);
  ofThisThread = {Clock::now() + allowed, processorTime() + allowed};
  current = &ofThisThread;
}

Effort::~Effort() {
  if (m_outermost) current = nullptr;
}

// The clock is cheap to read, the processor time of a thread is not: it is looked at once the clock has run out, and not again before what
// is left of it can have passed.
bool Effort::usedUp() {
  if (current == nullptr || Clock::now() < current->end) return false;
  const auto now = processorTime();
  if (now >= current->processorEnd) return true;
  current->end = Clock::now() + (current->processorEnd - now);
  return false;
}

void checkGrowth(std::size_t before, std::size_t after) {
  constexpr std::size_t factor = 64, always = std::size_t{1} << 20;  // Unicode's forms write at most eleven bytes for one
  if (after <= always || after / factor <= before) return;
  throw DataError("The tokenizer's rules make " + std::to_string(after) + " bytes of a text of " + std::to_string(before) + ".",
                  "Its tokenizer.json is not sound; download it again.");
}

}  // namespace incipit
