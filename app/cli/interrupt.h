// Ctrl-C as a request: what is running ends after its step with everything saved. A second Ctrl-C ends the program at once.
#pragma once

#include <stop_token>

namespace incipit::cli {

// Call first, before any other thread exists: from here on one thread of its own takes SIGINT, SIGTERM and SIGHUP. They end the
// program at once until somebody asks for the token.
void watchInterrupts();

// From now on the first signal is a stop request.
std::stop_token interruptToken();

}  // namespace incipit::cli
