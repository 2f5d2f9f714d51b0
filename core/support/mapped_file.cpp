#include "core/support/mapped_file.h"

#include "core/support/error.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>

namespace incipit {
namespace {

// Every file that is mapped now, by its first byte.
struct Mappings {
  std::mutex mutex;
  std::map<const std::byte*, const MappedFile*> all;

  // The mapping that holds these bytes; null: they lie elsewhere.
  const MappedFile* around(std::span<const std::byte> bytes) const {
    const auto after = all.upper_bound(bytes.data());
    if (after == all.begin()) return nullptr;
    const MappedFile* file = std::prev(after)->second;
    const std::byte* end = file->bytes().data() + file->bytes().size();
    return bytes.data() + bytes.size() <= end ? file : nullptr;
  }
};
Mappings& mappings() {
  static Mappings all;
  return all;
}

// The same for the signal handler, which may take no lock and allocate nothing. A model of several hundred shards has room; what finds none
// is mapped all the same, and only its SIGBUS is deadly.
struct Slot {
  std::atomic<std::uintptr_t> begin = 0, end = 0;  // 0: free
  std::atomic<std::atomic<bool>*> torn = nullptr;
};
constexpr std::size_t mostMappings = 4096;
std::array<Slot, mostMappings> slots;
std::uintptr_t pageSize = 4096;

std::uintptr_t addressOf(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

void addSlot(std::span<const std::byte> bytes, std::atomic<bool>* torn) {
  for (Slot& slot : slots) {
    std::uintptr_t empty = 0;
    const std::uintptr_t begin = addressOf(bytes.data());
    if (slot.begin.load(std::memory_order_relaxed) != 0 || !slot.begin.compare_exchange_strong(empty, begin)) continue;
    slot.torn = torn;
    slot.end = begin + bytes.size();
    return;
  }
}

void removeSlot(std::span<const std::byte> bytes) {
  for (Slot& slot : slots)
    if (slot.begin == addressOf(bytes.data())) {
      slot.end = 0;
      slot.begin = 0;
      return;
    }
}

// Zeros in place of the missing page and of all behind it: a file that is cut off has none of them.
void onMissingPage(int signal, siginfo_t* info, void*) {
  const int reason = errno;
  const std::uintptr_t at = addressOf(info->si_addr), page = at / pageSize * pageSize;
  for (Slot& slot : slots) {
    const std::uintptr_t begin = slot.begin, end = slot.end;
    if (at < begin || at >= (end + pageSize - 1) / pageSize * pageSize) continue;
    slot.torn.load()->store(true);
    void* wanted = reinterpret_cast<void*>(page);  // NOLINT: the address is the system's
    if (::mmap(wanted, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == wanted) {
      errno = reason;
      return;
    }
    break;
  }
  ::signal(signal, SIG_DFL);  // the instruction is tried again, and ends the process as it would have
}

}  // namespace

void surviveCutOffFiles() {
  pageSize = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = onMissingPage;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

MappedFile::MappedFile(const std::filesystem::path& file) : m_file(file), m_size(m_file.size()) {
  if (m_size == 0) return;
  void* data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, m_file.descriptor(), 0);
  if (data == MAP_FAILED)
    throw FileError("'" + file.string() + "' cannot be mapped into memory: " + std::strerror(errno) + ".", "Close other programs.");
  m_data = static_cast<const std::byte*>(data);
  addSlot(bytes(), &m_torn);
  const std::scoped_lock lock(mappings().mutex);
  mappings().all.emplace(m_data, this);
}

MappedFile::~MappedFile() {
  if (m_data == nullptr) return;
  {
    const std::scoped_lock lock(mappings().mutex);
    mappings().all.erase(m_data);
  }
  removeSlot(bytes());
  ::munmap(const_cast<std::byte*>(m_data), m_size);
}

void MappedFile::checkWhole() const {
  // The rest of the last page that the file still has reads as zeros without any signal, so its size is looked at, too.
  if (!m_torn && !m_file.cutOff()) return;
  throw FileError("'" + m_file.path().string() + "' was cut off, or could no longer be read, while it was in use.",
                  "What was computed meanwhile is thrown away. Get the file again.");
}

void forgetMappedPages(std::span<const std::byte> bytes) {
  const std::scoped_lock lock(mappings().mutex);
  if (mappings().around(bytes) == nullptr) return;
  const auto first = addressOf(bytes.data()) / pageSize * pageSize, last = addressOf(bytes.data()) + bytes.size();
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void copyFromMapping(std::span<const std::byte> bytes, std::byte* to) {
  const std::scoped_lock lock(mappings().mutex);
  const MappedFile* file = mappings().around(bytes);
  if (file == nullptr) {
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return;
  }
  if (file->m_file.read({to, bytes.size()}, static_cast<std::size_t>(bytes.data() - file->m_data)) == bytes.size()) return;
  file->m_torn = true;
  file->checkWhole();
}

}  // namespace incipit
