#include "core/support/compute.h"

#include "core/support/error.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <mutex>
#include <new>
#include <set>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace incipit {

std::string resolveDevice(std::string_view device) {
  const bool cuda = at::hasCUDA();
  const auto count = cuda ? at::getNumGPUs() : 0;
  if (device == "auto") return count > 0 ? "cuda:0" : "cpu";
  if (device == "cpu") return "cpu";
  const std::string known = count > 0 ? "Use auto, cpu, or cuda:0 to cuda:" + std::to_string(count - 1) + "."
                                      : "This LibTorch sees no GPU here: use auto or cpu.";
  if (device == "cuda" && count > 0) return "cuda:0";
  if (device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
      device.find_first_not_of("0123456789", 5) == std::string_view::npos) {
    if (std::stoll(std::string(device.substr(5))) < static_cast<long long>(count)) return std::string(device);
  }
  throw PlanError("The device '" + std::string(device) + "' is not available.", known);
}

int physicalCores() {
  // Two logical processors of one core share its vector units; more threads than cores only get in each other's way.
  std::set<std::pair<std::string, std::string>> cores;
  std::ifstream in("/proc/cpuinfo");
  std::string package;
  for (std::string line; std::getline(in, line);) {
    const auto value = line.substr(std::min(line.size(), line.find(':') + 1));
    if (line.starts_with("physical id")) package = value;
    if (line.starts_with("core id")) cores.emplace(package, value);
  }
  const unsigned logical = std::max(1u, std::thread::hardware_concurrency());
  if (cores.empty()) return static_cast<int>(logical);
  return static_cast<int>(std::min<std::size_t>(cores.size(), logical));
}

void useThreads(int threads) {
  const int wanted = threads > 0 ? threads : physicalCores();
#ifdef _OPENMP
  at::set_num_threads(std::min(wanted, omp_get_thread_limit()));
#else
  at::set_num_threads(wanted);
#endif
  keepPromisedThreads();
}

void keepPromisedThreads() {
#ifdef _OPENMP
  static thread_local bool kept = false;
  if (std::exchange(kept, true)) return;
  at::get_num_threads();  // whose first call gives OpenMP a number for this thread
  omp_set_dynamic(0);
  if (omp_get_max_threads() > omp_get_thread_limit()) omp_set_num_threads(omp_get_thread_limit());
#endif
}

int threadsInUse() { return at::get_num_threads(); }

std::size_t memoryLeft() {
  std::size_t left = std::numeric_limits<std::size_t>::max();
  std::ifstream system("/proc/meminfo");
  for (std::string name, unit; system >> name;) {
    std::size_t kilobytes = 0;
    if (!(system >> kilobytes)) break;
    std::getline(system, unit);
    if (name == "MemAvailable:") left = kilobytes * 1024;
  }
  std::size_t most = 0, used = 0;  // "max" is no number: no limit
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> most && std::ifstream("/sys/fs/cgroup/memory.current") >> used) {
    std::ifstream kinds("/sys/fs/cgroup/memory.stat");  // pages of files go when somebody needs the room
    std::size_t bytes = 0;
    for (std::string name; kinds >> name >> bytes;)
      if (name == "inactive_file" || name == "active_file") used -= std::min(used, bytes);
    left = std::min(left, most > used ? most - used : 0);
  }
  return left;
}

std::size_t memoryInAll() {
  return static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::shared_ptr<void> lastingMemory(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return {memory, [bytes](void* first) { ::munmap(first, bytes); }};
}

namespace {

// The GNU C library's two borders: blocks from which on it asks the system each time, and free memory at the end of the heap from which on
// it gives that back. The usual ones are those at which its own adjustment, which setting them ends, comes to rest.
void setBorders([[maybe_unused]] int own, [[maybe_unused]] int kept) {
#ifdef __GLIBC__
  malloc_trim(0);  // of all threads
  mallopt(M_MMAP_THRESHOLD, own);
  mallopt(M_TRIM_THRESHOLD, kept);
#endif
}

std::mutex keeping;
int keepers = 0;

}  // namespace

KeptMemory::KeptMemory() {
  const std::scoped_lock lock(keeping);
  // What was freed before, when the model was read or made, lies in pieces that a step has no use for.
  if (++keepers == 1) setBorders(1 << 30, 1 << 30);
}

KeptMemory::~KeptMemory() {
  const std::scoped_lock lock(keeping);
  if (--keepers == 0) setBorders(32 << 20, 64 << 20);
}

}  // namespace incipit
