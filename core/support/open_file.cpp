#include "core/support/open_file.h"

#include "core/support/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace incipit {
namespace {

std::string quoted(const std::filesystem::path& file) { return "'" + file.string() + "'"; }

void refuseOtherThanFiles(const std::filesystem::path& file, mode_t mode) {
  if (S_ISREG(mode)) return;
  if (S_ISDIR(mode)) throw FileError(quoted(file) + " is a folder, not a file.", "Choose a file.");
  const std::string kind = S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
  throw FileError(quoted(file) + " is " + kind + ", not a file.", "Save what it gives as a file, and choose that.");
}

}  // namespace

OpenFile::OpenFile(const std::filesystem::path& file) : m_path(file) {
  // Without O_NONBLOCK, opening a pipe waits for somebody to write into it. Of an ordinary file it changes nothing.
  m_descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (m_descriptor < 0 || ::fstat(m_descriptor, &status) != 0) {
    const int reason = errno;
    if (m_descriptor >= 0) ::close(m_descriptor);
    // A socket cannot even be opened.
    if (::stat(file.c_str(), &status) == 0) refuseOtherThanFiles(file, status.st_mode);
    throw FileError(quoted(file) + " cannot be read: " + std::strerror(reason) + ".", "Check the path and its permissions.");
  }
  m_size = static_cast<std::size_t>(status.st_size);
  try {
    refuseOtherThanFiles(file, status.st_mode);
  } catch (const FileError&) {
    ::close(m_descriptor);
    throw;
  }
}

OpenFile::~OpenFile() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

std::size_t OpenFile::read(std::span<std::byte> to, std::size_t offset) const {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count = ::pread(m_descriptor, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw FileError("Reading " + quoted(m_path) + " broke off after " + std::to_string(offset + done) +
                          " bytes: " + std::strerror(errno) + ".",
                      "Check the disk, or get the file again.");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool OpenFile::cutOff() const {
  struct stat status {};
  return ::fstat(m_descriptor, &status) == 0 && static_cast<std::size_t>(status.st_size) < m_size;
}

}  // namespace incipit
