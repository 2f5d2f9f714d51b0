#include "tests/faults/failing_memory.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <new>

namespace incipit::test {
namespace {

thread_local bool watching = false;
long count = 0, failing = 0;
Shortage kind = Shortage::Once;

// Two libraries cannot be told that there is no memory: nlohmann's JSON, which asks for some in a destructor, to take a value apart, and
// ends the program where there is none (support/process.h holds some back for it), and libarchive, which uses what it did not get.
bool cannotBeRefused() {
  watching = false;  // these functions may ask for memory themselves
  void* callers[16];
  const int depth = ::backtrace(callers, 16);
  bool found = false;
  for (int i = 0; i < depth && !found; ++i) {
    Dl_info caller{};
    if (::dladdr(callers[i], &caller) == 0) continue;
    const bool inJson = caller.dli_sname != nullptr && std::strstr(caller.dli_sname, "json_value7destroy") != nullptr;
    found = inJson || std::strstr(caller.dli_fname, "libarchive") != nullptr;
  }
  watching = true;
  return found;
}

bool isShort() {
  if (!watching) return false;
  ++count;
  const bool due = failing > 0 && (kind == Shortage::Once ? count == failing : count >= failing);
  if (!due || cannotBeRefused()) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

FailingMemory::FailingMemory(long at, Shortage shortage) {
  count = 0;
  failing = at;
  kind = shortage;
  watching = true;
}

FailingMemory::~FailingMemory() { watching = false; }

long allocationsCounted() { return count; }

}  // namespace incipit::test

using incipit::test::isShort;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) { return isShort() ? nullptr : __libc_malloc(bytes); }
void* calloc(std::size_t count, std::size_t bytes) { return isShort() ? nullptr : __libc_calloc(count, bytes); }
void* realloc(void* memory, std::size_t bytes) { return isShort() ? nullptr : __libc_realloc(memory, bytes); }
void* memalign(std::size_t alignment, std::size_t bytes) { return isShort() ? nullptr : __libc_memalign(alignment, bytes); }
void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}
}

#else

namespace {

constexpr std::size_t usual = alignof(std::max_align_t);

void* allocate(std::size_t bytes, std::size_t alignment) {
  void* memory = nullptr;
  if (isShort()) return nullptr;
  return ::posix_memalign(&memory, alignment, bytes == 0 ? 1 : bytes) == 0 ? memory : nullptr;
}

void* allocateOrThrow(std::size_t bytes, std::size_t alignment) {
  void* memory = allocate(bytes, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocateOrThrow(bytes, usual); }
void* operator new[](std::size_t bytes) { return allocateOrThrow(bytes, usual); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return allocateOrThrow(bytes, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return allocateOrThrow(bytes, static_cast<std::size_t>(alignment)); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, usual); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, usual); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
