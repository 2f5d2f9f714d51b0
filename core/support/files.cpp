#include "core/support/files.h"

#include "core/support/error.h"
#include "core/support/open_file.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace incipit {
namespace {

std::string remedyFor(int reason) {
  switch (reason) {
  case ENOSPC:
  case EDQUOT:
    return "Free some space or choose another disk; what was there before is untouched.";
  case EACCES:
  case EPERM:
  case EROFS:
    return "Choose a folder you may write to.";
  case ENOENT:
    return "Check the path.";
  default:
    return "Choose another place.";
  }
}

// Makes the rename itself durable: a directory entry is data of the directory. Not every file system can, nor every folder be opened for
// it; a disk that tried and failed is said.
int syncFolder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EACCES || errno == EPERM ? 0 : errno;
  const int reason = ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS ? 0 : errno;
  ::close(descriptor);
  return reason;
}

}  // namespace

std::string readFile(const std::filesystem::path& file, std::size_t most) {
  const OpenFile in(file);
  // The files of /proc have no size until they are read, hence more than the size is asked for.
  constexpr std::size_t piece = 65536;
  std::string content(std::min(most, in.size() + 1), '\0');
  std::size_t done = 0;
  for (;;) {
    done += in.read(std::as_writable_bytes(std::span(content).subspan(done)), done);
    if (done < content.size() || done == most) break;
    content.resize(std::min(most, content.size() + std::max(piece, content.size() / 2)));
  }
  if (done < std::min(most, in.size()))
    throw FileError("'" + file.string() + "' was cut off while it was read.", "Wait until it is written, or get it again.");
  content.resize(done);
  return content;
}

bool fileExists(const std::filesystem::path& file) {
  std::error_code reason;
  const bool there = std::filesystem::exists(file, reason);
  if (reason && reason != std::errc::no_such_file_or_directory && reason != std::errc::not_a_directory)
    throw FileError("'" + file.string() + "' cannot be read: " + reason.message() + ".", "Check the path and its permissions.");
  return there;
}

namespace {

// ".plan.json.XXXXXX", for mkostemp. A name may have 255 bytes, and the target's own may already have them all.
constexpr std::string_view placeholder = ".XXXXXX";
std::string temporaryName(const std::string& target) {
  constexpr std::size_t longest = 200;
  return "." + target.substr(0, longest) + std::string(placeholder);
}

}  // namespace

bool isTemporaryName(std::string_view name) {
  if (name.size() <= placeholder.size() + 1 || name.front() != '.') return false;
  const std::string_view ending = name.substr(name.size() - placeholder.size());
  return ending.front() == '.' && std::all_of(ending.begin() + 1, ending.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

AtomicFile::AtomicFile(std::filesystem::path target) : m_target(std::move(target)) {
  const auto folder = m_target.has_parent_path() ? m_target.parent_path() : std::filesystem::path(".");
  std::string name = (folder / temporaryName(m_target.filename().string())).string();
  m_descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (m_descriptor < 0) failed("created");
  m_temporary = name;
  const mode_t mask = ::umask(0);  // mkostemp makes 0600; the file gets what an ordinary open() would have given it
  ::umask(mask);
  ::fchmod(m_descriptor, 0666 & ~mask);
}

AtomicFile::~AtomicFile() {
  if (m_descriptor >= 0) ::close(m_descriptor);
  if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

void AtomicFile::failed(const char* action) const {
  const int reason = errno;
  throw FileError("'" + m_target.string() + "' cannot be " + action + ": " + std::strerror(reason) + ".", remedyFor(reason));
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) failed("written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::commit() {
  if (::fsync(m_descriptor) != 0) failed("written");
  const int descriptor = m_descriptor;
  m_descriptor = -1;
  if (::close(descriptor) != 0) failed("written");
  if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) failed("put in its place");
  m_temporary.clear();
  if (const int reason = syncFolder(m_target.has_parent_path() ? m_target.parent_path() : "."); reason != 0)
    throw FileError("'" + m_target.string() +
                        "' is written, but the disk did not confirm its place in the folder: " + std::strerror(reason) + ".",
                    "Check the disk.");
}

void writeFileAtomically(const std::filesystem::path& file, std::string_view content) {
  AtomicFile out(file);
  out.write(content);
  out.commit();
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code reason;
  std::vector<std::filesystem::path> made;  // the innermost first
  for (auto place = std::filesystem::absolute(folder, reason).lexically_normal(); !place.empty() && !std::filesystem::exists(place, reason);
       place = place.parent_path())
    made.push_back(place);
  reason.clear();
  std::filesystem::create_directories(folder, reason);
  for (const auto& place : made)  // else a cut of power takes the folder with all that was synced in it
    if (!reason && !place.filename().empty()) syncFolder(place.parent_path());
  if (reason || !std::filesystem::is_directory(folder))
    throw FileError("The folder '" + folder.string() +
                        "' cannot be made: " + (reason ? reason.message() : "a file of that name is in the way") + ".",
                    "Choose a folder you may write to.");
}

}  // namespace incipit
