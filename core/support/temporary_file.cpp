#include "core/support/temporary_file.h"

#include "core/support/error.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace incipit {
namespace {

constexpr std::size_t leftToOthers = 256U << 20U;  // bytes of the disk that stay free
constexpr std::size_t betweenLooks = 16U << 20U;

std::vector<std::string> folders() {
  std::vector<std::string> all;
  if (const char* wished = std::getenv("TMPDIR"); wished != nullptr && *wished != '\0') all.emplace_back(wished);
  all.insert(all.end(), {"/var/tmp", "/tmp"});
  return all;
}

// Nameless from the beginning where the file system can do that, else for as short a time as possible.
int openIn(const std::string& folder) {
#ifdef O_TMPFILE
  if (const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); descriptor >= 0) return descriptor;
#endif
  std::string name = folder + "/incipit.XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

}  // namespace

TemporaryFile::TemporaryFile(std::string purpose) : m_purpose(std::move(purpose)) {
  int reason = 0;
  for (const std::string& folder : folders()) {
    m_folder = folder;
    if (m_descriptor = openIn(folder); m_descriptor >= 0) return;
    if (reason == 0) reason = errno;
  }
  throw FileError("There is no temporary file for " + m_purpose + ": " + std::strerror(reason) + ".",
                  "Set TMPDIR to a folder you may write to.");
}

TemporaryFile::~TemporaryFile() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

void TemporaryFile::leaveRoom() {
  if (m_size < m_lookedAt + betweenLooks) return;
  m_lookedAt = m_size;
  struct statvfs disk {};
  if (::fstatvfs(m_descriptor, &disk) != 0) return;
  if (static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= leftToOthers) return;
  throw FileError("The disk of '" + m_folder + "' is nearly full after " + std::to_string(m_size >> 20U) + " MB of " + m_purpose + ".",
                  "Free some space, or set TMPDIR to a folder on a larger disk.");
}

void TemporaryFile::write(std::span<const std::byte> bytes) {
  leaveRoom();
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(m_size));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      throw FileError("The temporary file for " + m_purpose + " cannot be written: " + std::strerror(errno) + ".",
                      "Free some space in '" + m_folder + "', or set TMPDIR to a folder on a larger disk.");
    m_size += static_cast<std::size_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void TemporaryFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void TemporaryFile::read(std::span<std::byte> to, std::size_t offset) const {
  for (std::size_t done = 0; done < to.size();) {
    const ssize_t count = ::pread(m_descriptor, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      throw FileError("The temporary file for " + m_purpose +
                          " cannot be read: " + (count < 0 ? std::strerror(errno) : "it is shorter than it was") + ".",
                      "Check the disk of '" + m_folder + "'.");
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace incipit
