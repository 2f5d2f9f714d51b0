// What the fuzz targets share. A target is one file that defines `target`, which libFuzzer calls with one input after the other; it ends
// the program by a signal, a sanitizer, or an exception that is no sentence of ours, and libFuzzer keeps the input that did it.
#pragma once

#include "core/support/error.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace incipit::fuzz {

// Defined by every target. Whatever the input, it returns, soon, having used memory in proportion to it.
void target(std::string_view input);

// Ends the target when `holds` is false: for what must be true of every input, beside not to break.
void require(bool holds, const char* what);
void requireSentence(const Error& refusal);

// Runs a reader; true when it took its input. To refuse is right as well, if it is said in a sentence; any other exception is a finding.
template <class Read>
bool taken(Read&& read) {
  try {
    read();
    return true;
  } catch (const Error& refusal) {
    requireSentence(refusal);
    return false;
  }
}

// An input of several parts (files, settings, a text) has them between lines of "%%". Always `count` of them, those that are missing empty,
// the last with all that is left.
std::vector<std::string_view> parts(std::string_view input, std::size_t count);

// A file whose content lives in memory, since thousands a second are written: readers open it by a name in /proc.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void write(std::string_view content);
  const std::filesystem::path& path() const { return m_path; }

 private:
  int m_descriptor;
  std::filesystem::path m_path;
};

// A folder of such files, removed at the end: for readers that look for names and endings.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view content);
  void remove(const std::string& name);
  // Writes it, or removes it where `content` is empty: every file of a folder may be missing.
  void writeUnlessEmpty(const std::string& name, std::string_view content);
  const std::filesystem::path& path() const { return m_path; }

 private:
  struct Entry {
    MemoryFile file;
    bool there = false;
  };
  std::filesystem::path m_path;
  std::map<std::string, Entry> m_files;
};

}  // namespace incipit::fuzz
