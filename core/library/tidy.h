// Keeping runs in order: another name, less room. None of it touches a run that is being written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace incipit {

// Gives the folder another name beside where it is, and returns where it is then. Throws DataError where the name is none for a folder or
// is taken, or where a program is writing the run.
std::filesystem::path renameRun(const std::filesystem::path& run, const std::string& name);

struct RunSpace {  // bytes on the disk
  std::uintmax_t whole = 0, snapshots = 0, checkpoint = 0;
};
RunSpace spaceOf(const std::filesystem::path& run);

// The stored prompts of earlier steps: there is nothing to walk back through then. The kept prompt stays.
void dropSnapshots(const std::filesystem::path& run);
// What the run would go on from: it is over then. Throws DataError where the run has not written its adapter, which would be lost.
void dropCheckpoint(const std::filesystem::path& run);

}  // namespace incipit
