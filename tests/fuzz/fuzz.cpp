#include "tests/fuzz/fuzz.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

namespace incipit::fuzz {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "Not so: %s\n", what);
  std::abort();
}

void requireSentence(const Error& refusal) { require(refusal.problem().ends_with('.'), "what is refused is said in a sentence"); }

std::vector<std::string_view> parts(std::string_view input, std::size_t count) {
  constexpr std::string_view border = "\n%%\n";
  std::vector<std::string_view> found;
  while (found.size() + 1 < count) {
    const std::size_t end = input.find(border);
    found.push_back(input.substr(0, end));
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + border.size());
  }
  found.push_back(input);
  return found;
}

MemoryFile::MemoryFile()
    : m_descriptor(::memfd_create("input", MFD_CLOEXEC)),
      m_path("/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(m_descriptor)) {
  require(m_descriptor >= 0, "there are files in memory");
}

MemoryFile::~MemoryFile() { ::close(m_descriptor); }

void MemoryFile::write(std::string_view content) {
  require(::ftruncate(m_descriptor, 0) == 0, "a file in memory can be emptied");
  require(::pwrite(m_descriptor, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()), "and written");
}

MemoryFolder::MemoryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "incipit-fuzz-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "there is room for a folder");
  m_path = name;
}

MemoryFolder::~MemoryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

std::filesystem::path MemoryFolder::write(const std::string& name, std::string_view content) {
  Entry& entry = m_files[name];
  entry.file.write(content);
  if (!entry.there) std::filesystem::create_symlink(entry.file.path(), m_path / name);
  entry.there = true;
  return m_path / name;
}

void MemoryFolder::remove(const std::string& name) {
  if (!m_files[name].there) return;
  std::filesystem::remove(m_path / name);
  m_files[name].there = false;
}

void MemoryFolder::writeUnlessEmpty(const std::string& name, std::string_view content) {
  if (content.empty())
    remove(name);
  else
    write(name, content);
}

}  // namespace incipit::fuzz

// A block of more than 256 MB is not given. The C libraries behind us have an answer to that (LZMA names the size of its dictionary, up to
// 4 GB, of which little is ever touched); a reader of ours that asks for one is a finding. The contexts and the quarantine are for speed.
extern "C" const char* __asan_default_options() {
  return "max_allocation_size_mb=256:allocator_may_return_null=1:malloc_context_size=4:quarantine_size_mb=16:allow_addr2line=1";
}
extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1:allow_addr2line=1"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  incipit::fuzz::target({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
