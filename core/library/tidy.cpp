#include "core/library/tidy.h"

#include "core/runs/event_log.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

namespace incipit {
namespace {

void checkFree(const std::filesystem::path& run) {
  if (EventLog::isHeld(layout::events(run)))
    throw DataError("The run '" + run.filename().string() + "' is being written by a program.", "Stop it first.");
}

std::uintmax_t sizeOf(const std::filesystem::path& place) {
  std::uintmax_t bytes = 0;
  std::error_code ignored;
  for (std::filesystem::recursive_directory_iterator entry(place, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code gone;
    if (entry->is_regular_file(gone) && !entry->is_symlink(gone)) bytes += entry->file_size(gone);
  }
  return bytes;
}

void removeTree(const std::filesystem::path& place) {
  std::error_code reason;
  std::filesystem::remove_all(place, reason);
  if (reason) throw FileError("'" + place.string() + "' cannot be removed: " + reason.message() + ".", "Check its permissions.");
}

}  // namespace

std::filesystem::path renameRun(const std::filesystem::path& run, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.front() == '.' || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos)
    throw DataError("'" + name + "' is not a name for a run.", "Choose one without '/' that does not begin with a dot.");
  checkFree(run);
  const auto plain = run.has_filename() ? run : run.parent_path();
  const auto target = plain.parent_path() / name;
  if (target == plain) return plain;
  if (fileExists(target)) throw DataError("There is something called '" + name + "' beside it already.", "Choose another name.");
  std::error_code reason;
  std::filesystem::rename(plain, target, reason);
  if (reason) throw FileError("The run cannot be renamed to '" + name + "': " + reason.message() + ".", "Choose another name.");
  return target;
}

RunSpace spaceOf(const std::filesystem::path& run) {
  return {sizeOf(run), sizeOf(layout::snapshots(run)), sizeOf(layout::checkpoint(run).parent_path())};
}

void dropSnapshots(const std::filesystem::path& run) {
  checkFree(run);
  removeTree(layout::snapshots(run));
}

void dropCheckpoint(const std::filesystem::path& run) {
  checkFree(run);
  settleRun(run);
  if (!fileExists(layout::adapter(run) / "adapter_config.json"))
    throw DataError("The run '" + run.filename().string() + "' was interrupted and has not written its prompt: only the checkpoint has it.",
                    "Let it go on to its end first, or delete the whole run.");
  removeTree(layout::checkpoint(run).parent_path());
}

}  // namespace incipit
