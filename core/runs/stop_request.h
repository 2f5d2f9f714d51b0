// A wish that whoever writes a run end it after the step that is on its way: from another program, by a file in the run folder.
#pragma once

#include <filesystem>

namespace incipit {

// Throws DataError where nobody is writing the run.
void requestStop(const std::filesystem::path& run);
// For the writer of the run.
bool stopRequested(const std::filesystem::path& run);
void forgetStopRequest(const std::filesystem::path& run);

}  // namespace incipit
