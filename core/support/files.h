// Files that are written whole or not at all: temporary file beside the target, fsync, rename.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace incipit {

// The whole file. Throws FileError naming the file and the system's reason.
std::string readFile(const std::filesystem::path& file);

// Written piece by piece, visible only after commit(). Destroyed without commit(), it is removed and the old file stays.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void failed(const char* action) const;

  std::filesystem::path m_target;
  std::filesystem::path m_temporary;
  int m_descriptor = -1;
};

void writeFileAtomically(const std::filesystem::path& file, std::string_view content);

// Makes the folder and its parents. Throws FileError with what to try when that is not allowed.
void makeFolder(const std::filesystem::path& folder);

// A file mapped read-only into memory; its pages are the file's pages, nothing is copied.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {m_data, m_size}; }

 private:
  const std::byte* m_data = nullptr;
  std::size_t m_size = 0;
};

// Returns the memory behind these bytes to the system where they are part of a mapped file (they are read again when touched); elsewhere
// nothing. For weights of which a faster copy has been made.
void forgetMappedPages(std::span<const std::byte> bytes);

// Copies bytes, those of a mapped file by reading the file: the system may map megabytes around each one that is touched, and a few
// hundred rows of an embedding would soon be the whole table.
void copyFromMapping(std::span<const std::byte> bytes, std::byte* to);

}  // namespace incipit
