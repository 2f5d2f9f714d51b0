#include "core/support/process.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <unistd.h>

namespace incipit {
namespace {

std::atomic<void*> heldBack = nullptr;

void giveFree() {
  std::free(heldBack.exchange(nullptr));
  throw std::bad_alloc();
}

}  // namespace

void holdMemoryBack() {
  constexpr std::size_t enough = 1 << 20;
  heldBack = std::malloc(enough);
  std::set_new_handler(giveFree);
}

void settleProcess(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  // Idle threads that spin for long take the processor from others; those that never do are woken by the system for every little loop
  // of a small model. Some tens of microseconds bridge the gaps within a step.
  ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  ::setenv("GOMP_SPINCOUNT", "2000", 1);
  ::execv("/proc/self/exe", argv);  // returns only when it cannot: then everything works, only slower
}

}  // namespace incipit
