#include "core/support/files.h"

#include "core/support/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace incipit {
namespace {

struct Mapping {
  const std::byte* end;
  int descriptor;
};

// Every file that is mapped now, by its first byte.
struct Mappings {
  std::mutex mutex;
  std::map<const std::byte*, Mapping> all;

  // The mapping that holds these bytes, and its first byte; null: they lie elsewhere.
  const Mapping* around(std::span<const std::byte> bytes, const std::byte** begin = nullptr) const {
    const auto after = all.upper_bound(bytes.data());
    if (after == all.begin()) return nullptr;
    const auto& [first, mapping] = *std::prev(after);
    if (begin != nullptr) *begin = first;
    return bytes.data() + bytes.size() <= mapping.end ? &mapping : nullptr;
  }
};
Mappings& mappings() {
  static Mappings all;
  return all;
}

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

// Makes the rename itself durable: a directory entry is data of the directory.
void syncFolder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

std::string readFile(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) throw FileError("'" + file.string() + "' is a folder, not a file.", "Choose a file.");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw FileError("'" + file.string() + "' cannot be read: " + std::strerror(errno) + ".", "Check the path and its permissions.");
  std::ostringstream content;
  content << in.rdbuf();
  if (in.bad()) throw FileError("Reading '" + file.string() + "' broke off: " + std::strerror(errno) + ".", "Check the disk.");
  return std::move(content).str();
}

AtomicFile::AtomicFile(std::filesystem::path target) : m_target(std::move(target)) {
  const auto folder = m_target.has_parent_path() ? m_target.parent_path() : std::filesystem::path(".");
  std::string name = (folder / ("." + m_target.filename().string() + ".XXXXXX")).string();
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
  syncFolder(m_target.has_parent_path() ? m_target.parent_path() : ".");
}

void writeFileAtomically(const std::filesystem::path& file, std::string_view content) {
  AtomicFile out(file);
  out.write(content);
  out.commit();
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code reason;
  std::filesystem::create_directories(folder, reason);
  if (reason || !std::filesystem::is_directory(folder))
    throw FileError("The folder '" + folder.string() +
                        "' cannot be made: " + (reason ? reason.message() : "a file of that name is in the way") + ".",
                    "Choose a folder you may write to.");
}

MappedFile::MappedFile(const std::filesystem::path& file) {
  const auto refuse = [&](int reason) {
    throw FileError("'" + file.string() + "' cannot be read: " + std::strerror(reason) + ".", "Check the path and its permissions.");
  };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) refuse(errno);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    const int reason = S_ISDIR(status.st_mode) ? EISDIR : errno != 0 ? errno : EINVAL;
    ::close(descriptor);
    refuse(reason);
  }
  m_size = static_cast<std::size_t>(status.st_size);
  if (m_size > 0) {
    void* data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED) {
      const int reason = errno;
      ::close(descriptor);
      refuse(reason);
    }
    m_data = static_cast<const std::byte*>(data);
    const std::scoped_lock lock(mappings().mutex);
    mappings().all.emplace(m_data, Mapping{m_data + m_size, descriptor});
  } else {
    ::close(descriptor);
  }
}

MappedFile::~MappedFile() {
  if (m_data == nullptr) return;
  const std::scoped_lock lock(mappings().mutex);
  const auto mine = mappings().all.find(m_data);
  ::close(mine->second.descriptor);
  mappings().all.erase(mine);
  ::munmap(const_cast<std::byte*>(m_data), m_size);
}

void forgetMappedPages(std::span<const std::byte> bytes) {
  const std::scoped_lock lock(mappings().mutex);
  if (mappings().around(bytes) == nullptr) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page,
             last = reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size();
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void copyFromMapping(std::span<const std::byte> bytes, std::byte* to) {
  const std::scoped_lock lock(mappings().mutex);
  const std::byte* begin = nullptr;
  std::size_t done = 0;
  if (const Mapping* file = mappings().around(bytes, &begin))
    while (done < bytes.size()) {
      const ssize_t count = ::pread(file->descriptor, to + done, bytes.size() - done, bytes.data() + done - begin);
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
  std::memcpy(to + done, bytes.data() + done, bytes.size() - done);
}

}  // namespace incipit
