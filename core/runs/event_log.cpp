#include "core/runs/event_log.h"

#include "core/support/error.h"
#include "core/support/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace incipit {

EventLog::EventLog(std::filesystem::path file) : m_file(std::move(file)) { open(); }

std::unique_ptr<EventLog> EventLog::ifFree(const std::filesystem::path& file) try {
  return fileExists(file) ? std::make_unique<EventLog>(file) : nullptr;
} catch (const FileError&) {  // then the run is only looked at
  return nullptr;
}

bool EventLog::isHeld(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

void EventLog::open() {
  m_descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
  if (m_descriptor < 0)
    throw FileError("'" + m_file.string() + "' cannot be written: " + std::strerror(errno) + ".", "Choose a folder you may write to.");
  const bool mine = ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0;
  if (!mine && errno == EWOULDBLOCK) {
    ::close(m_descriptor);
    m_descriptor = -1;
    throw FileError("The run '" + m_file.parent_path().string() + "' is being written by another program.",
                    "Wait until it is done, or stop it there.");
  }
  if (mine) dropTornLine();
}

// What a kill or a cut of power left of a last line: the next one would be written behind it, and neither could be read.
void EventLog::dropTornLine() {
  struct stat facts {};
  if (::fstat(m_descriptor, &facts) != 0) return;
  char piece[4096];
  for (off_t end = facts.st_size; end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof piece));
    const auto size = static_cast<std::size_t>(end - begin);
    if (::pread(m_descriptor, piece, size, begin) != static_cast<ssize_t>(size)) return;  // whoever reads it next says so
    const auto lineBreak = std::string_view(piece, size).rfind('\n');
    const off_t whole = lineBreak == std::string_view::npos ? begin : begin + static_cast<off_t>(lineBreak) + 1;
    if (lineBreak == std::string_view::npos && begin > 0) {
      end = begin;
      continue;
    }
    if (whole < facts.st_size && ::ftruncate(m_descriptor, whole) != 0) {
      // A disk that only reads: nothing will be written behind it.
    }
    return;
  }
}

EventLog::~EventLog() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

void EventLog::append(std::string_view line) {
  struct stat before {};
  const bool known = ::fstat(m_descriptor, &before) == 0;
  const std::string whole = std::string(line) + '\n';
  for (std::size_t done = 0; done < whole.size();) {
    const ssize_t written = ::write(m_descriptor, whole.data() + done, whole.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int reason = errno;
      if (known && done > 0 && ::ftruncate(m_descriptor, before.st_size) != 0) {
        // The torn line stays; readers leave it out.
      }
      throw FileError("'" + m_file.string() + "' cannot be written: " + std::strerror(reason) + ".",
                      reason == ENOSPC || reason == EDQUOT ? "Free some space; the run can be resumed from its checkpoint."
                                                           : "Check the disk; the run can be resumed from its checkpoint.");
    }
    done += static_cast<std::size_t>(written);
  }
}

void EventLog::sync() {
  if (::fsync(m_descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS) return;  // not every file system can
  throw FileError("The disk did not confirm '" + m_file.string() + "': " + std::strerror(errno) + ".",
                  "Check the disk; the run can be resumed from its checkpoint.");
}

bool EventLog::inPlace() const {
  struct stat mine {
  }, there{};
  return ::fstat(m_descriptor, &mine) == 0 && ::stat(m_file.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
         mine.st_dev == there.st_dev;
}

void EventLog::putBack() {
  std::string content;
  char piece[65536];
  for (ssize_t count = 1; count != 0;) {
    count = ::pread(m_descriptor, piece, sizeof piece, static_cast<off_t>(content.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw FileError("What '" + m_file.string() + "' held before it was deleted cannot be read: " + std::strerror(errno) + ".",
                      "Check the disk.");
    content.append(piece, static_cast<std::size_t>(count));
  }
  makeFolder(m_file.parent_path());
  writeFileAtomically(m_file, content);
  ::close(m_descriptor);
  m_descriptor = -1;
  open();
}

void EventLog::release() { ::flock(m_descriptor, LOCK_UN); }

std::vector<std::string> wholeLines(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  if (!fileExists(file)) return lines;
  const std::string text = readFile(file);
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  return lines;
}

}  // namespace incipit
