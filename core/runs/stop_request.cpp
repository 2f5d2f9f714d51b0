#include "core/runs/stop_request.h"

#include "core/runs/event_log.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <unistd.h>

namespace incipit {

void requestStop(const std::filesystem::path& run) {
  if (!EventLog::isHeld(layout::events(run)))
    throw DataError("The run '" + run.string() + "' is not going on.", "There is nothing to stop.");
  writeFileAtomically(layout::stopRequest(run), "");
}

bool stopRequested(const std::filesystem::path& run) { return ::access(layout::stopRequest(run).c_str(), F_OK) == 0; }

void forgetStopRequest(const std::filesystem::path& run) {
  std::error_code ignored;
  std::filesystem::remove(layout::stopRequest(run), ignored);
}

}  // namespace incipit
