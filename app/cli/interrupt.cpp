#include "app/cli/interrupt.h"

#include "app/cli/commands.h"

#include <atomic>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace incipit::cli {
namespace {

std::atomic<bool> stopIsARequest = false;

// Never destroyed: the thread below may still look at it while the program ends.
std::stop_source& source() {
  static auto* const only = new std::stop_source;
  return *only;
}

}  // namespace

void watchInterrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // threads started later inherit this
  std::thread([signals] {
    for (int signal = 0; sigwait(&signals, &signal) == 0;) {
      if (!stopIsARequest || source().stop_requested()) _exit(stopped);
      source().request_stop();
    }
  }).detach();
}

std::stop_token interruptToken() {
  stopIsARequest = true;
  return source().get_token();
}

}  // namespace incipit::cli
