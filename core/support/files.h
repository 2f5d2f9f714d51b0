// Files that are written whole or not at all: temporary file beside the target, fsync, rename.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace incipit {

// The whole file, or its first `most` bytes. Throws FileError naming the file and the system's reason, also where reading breaks off or the
// file is cut off meanwhile: never a part of it without a word.
std::string readFile(const std::filesystem::path& file, std::size_t most = static_cast<std::size_t>(-1));

// Whether something of that name is there. Throws FileError where that cannot be said (a loop of links, a folder that may not be entered):
// to go on as if it were not there would be another story than the person's.
bool fileExists(const std::filesystem::path& file);

// Written piece by piece, visible only after commit(). Destroyed without commit(), it is removed and the old file stays.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void failed(const char* action) const;

  std::filesystem::path m_target;
  std::filesystem::path m_temporary;
  int m_descriptor = -1;
};

// Whether a file of this name is what an AtomicFile leaves behind when its process is killed.
bool isTemporaryName(std::string_view name);

void writeFileAtomically(const std::filesystem::path& file, std::string_view content);

// Makes the folder and its parents, so that they outlast a cut of power. Throws FileError with what to try when that is not allowed.
void makeFolder(const std::filesystem::path& folder);

}  // namespace incipit
