// Loaded before the C library (LD_PRELOAD): counts what a program does with the files below one folder, and kills it before operation k or
// lets that operation fail. Told by the environment:
//   INCIPIT_FAULT_ROOT    the folder
//   INCIPIT_FAULT_AT      k, from 1
//   INCIPIT_FAULT         "kill", or "EIO" or "ENOSPC" (the operation fails with it)
//   INCIPIT_FAULT_COUNT   a file that gets the number of operations at the end
//   INCIPIT_FAULT_LOG     a file that gets everything that changes the disk, in order, with the bytes that are written (write_log.h)
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr int mostDescriptors = 4096;
std::atomic<bool> watched[mostDescriptors];
std::atomic<long> count = 0;

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool below(const char* path) {
  const char* root = setting("INCIPIT_FAULT_ROOT");
  return path != nullptr && *root != '\0' && std::strncmp(path, root, std::strlen(root)) == 0;
}
bool below(int descriptor) { return descriptor >= 0 && descriptor < mostDescriptors && watched[descriptor]; }

// True: the operation is to fail, with errno set.
template <class Place>
bool strikes(const Place& place) {
  if (!below(place)) return false;
  if (++count != std::atol(setting("INCIPIT_FAULT_AT"))) return false;
  const char* fault = setting("INCIPIT_FAULT");
  if (std::strcmp(fault, "kill") == 0) ::kill(::getpid(), SIGKILL);
  errno = std::strcmp(fault, "ENOSPC") == 0 ? ENOSPC : EIO;
  return true;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::recursive_mutex order;  // of what is done and of what is said of it

// "what\n" and `bytes` behind it, at the end of the log.
void say(const std::string& what, const void* bytes = nullptr, size_t size = 0) {
  const char* file = setting("INCIPIT_FAULT_LOG");
  if (*file == '\0') return;
  static const int log = next<int(const char*, int, ...)>("open")(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  std::string record = what + '\n';
  record.append(static_cast<const char*>(bytes), size);
  next<ssize_t(int, const void*, size_t)>("write")(log, record.data(), record.size());
}

int remembered(int descriptor, const char* path) {
  if (descriptor >= 0 && descriptor < mostDescriptors) watched[descriptor] = below(path);
  return descriptor;
}

int opened(const char* path, int flags, mode_t mode) {
  const std::lock_guard lock(order);
  if (strikes(path)) return -1;
  const int descriptor = remembered(next<int(const char*, int, ...)>("open")(path, flags, mode), path);
  if (below(descriptor))
    say("open " + std::to_string(descriptor) + ' ' + ((flags & O_TRUNC) != 0 ? "t" : (flags & O_CREAT) != 0 ? "c" : "-") + ' ' + path);
  return descriptor;
}

struct Report {
  ~Report() {
    const char* file = setting("INCIPIT_FAULT_COUNT");
    if (*file == '\0') return;
    if (std::FILE* out = std::fopen(file, "w")) {
      std::fprintf(out, "%ld\n", count.load());
      std::fclose(out);
    }
  }
} report;

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = static_cast<mode_t>(va_arg(more, int));
  va_end(more);
  return opened(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = static_cast<mode_t>(va_arg(more, int));
  va_end(more);
  return opened(path, flags, mode);
}
int mkostemp(char* path, int flags) {
  if (strikes(static_cast<const char*>(path))) return -1;
  const std::lock_guard lock(order);
  const int descriptor = remembered(next<int(char*, int)>("mkostemp")(path, flags), path);
  if (below(descriptor)) say("open " + std::to_string(descriptor) + " c " + path);
  return descriptor;
}
int mkostemp64(char* path, int flags) { return mkostemp(path, flags); }
ssize_t pread(int descriptor, void* to, size_t size, off_t offset) {
  if (strikes(descriptor)) return -1;
  return next<ssize_t(int, void*, size_t, off_t)>("pread")(descriptor, to, size, offset);
}
ssize_t pread64(int descriptor, void* to, size_t size, off64_t offset) { return pread(descriptor, to, size, offset); }
ssize_t write(int descriptor, const void* from, size_t size) {
  const std::lock_guard lock(order);
  if (strikes(descriptor)) return -1;
  const ssize_t written = next<ssize_t(int, const void*, size_t)>("write")(descriptor, from, size);
  if (written > 0 && below(descriptor))
    say("write " + std::to_string(descriptor) + ' ' + std::to_string(written), from, static_cast<size_t>(written));
  return written;
}
int fsync(int descriptor) {
  const std::lock_guard lock(order);
  if (strikes(descriptor)) return -1;
  const int result = next<int(int)>("fsync")(descriptor);
  if (result == 0 && below(descriptor)) say("fsync " + std::to_string(descriptor));
  return result;
}
int close(int descriptor) {
  const std::lock_guard lock(order);
  if (below(descriptor)) say("close " + std::to_string(descriptor));
  const bool fails = strikes(descriptor);
  const int reason = errno;
  if (descriptor >= 0 && descriptor < mostDescriptors) watched[descriptor] = false;
  const int result = next<int(int)>("close")(descriptor);
  if (!fails) return result;
  errno = reason;
  return -1;
}
int rename(const char* from, const char* to) {
  const std::lock_guard lock(order);
  if (strikes(to)) return -1;
  const int result = next<int(const char*, const char*)>("rename")(from, to);
  if (result == 0 && below(to)) say(std::string("rename ") + from + '\t' + to);
  return result;
}
int mkdir(const char* path, mode_t mode) {
  const std::lock_guard lock(order);
  if (strikes(path)) return -1;
  const int result = next<int(const char*, mode_t)>("mkdir")(path, mode);
  if (result == 0 && below(path)) say(std::string("mkdir ") + path);
  return result;
}
int unlink(const char* path) {
  const std::lock_guard lock(order);
  if (strikes(path)) return -1;
  const int result = next<int(const char*)>("unlink")(path);
  if (result == 0 && below(path)) say(std::string("unlink ") + path);
  return result;
}
int remove(const char* path) {
  const std::lock_guard lock(order);
  const int result = next<int(const char*)>("remove")(path);
  if (result == 0 && below(path)) say(std::string("unlink ") + path);
  return result;
}
int ftruncate(int descriptor, off_t size) {
  const std::lock_guard lock(order);
  if (strikes(descriptor)) return -1;
  const int result = next<int(int, off_t)>("ftruncate")(descriptor, size);
  if (result == 0 && below(descriptor)) say("truncate " + std::to_string(descriptor) + ' ' + std::to_string(size));
  return result;
}
}
