// Files mapped into memory, and what happens when one of them is cut off meanwhile.
//
// The bytes of a mapped file are read when they are first touched. If another program has shortened the file by then (a download that
// starts again, a disk that is taken away), the system has nothing to give and ends the process with SIGBUS, in whatever thread touched
// them. A program that has called surviveCutOffFiles() gets zeros instead, and the mapping remembers it: nothing computed since is worth
// anything. So whoever computes with a mapped file asks checkWhole() before a result is used, recorded or shown.
#pragma once

#include "core/support/open_file.h"

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <span>

namespace incipit {

// A file mapped read-only into memory; its pages are the file's pages, nothing is copied.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {m_data, m_size}; }
  // Throws FileError when the file is shorter than it was, or could not be read: what has been computed with it is to be thrown away.
  void checkWhole() const;

 private:
  friend void copyFromMapping(std::span<const std::byte> bytes, std::byte* to);

  OpenFile m_file;
  const std::byte* m_data = nullptr;
  std::size_t m_size = 0;
  mutable std::atomic<bool> m_torn = false;
};

// For main(), once, before threads start: from now on a missing page of a mapped file reads as zeros and is remembered by its MappedFile.
// Any other SIGBUS ends the process as before.
void surviveCutOffFiles();

// Lets the system have back the memory behind these bytes where they lie in a mapped file (they are read again when touched); elsewhere
// nothing. For weights of which a faster copy has been made.
void forgetMappedPages(std::span<const std::byte> bytes);

// Copies bytes, those of a mapped file by reading the file: the system may map megabytes around each one that is touched, and a few
// hundred rows of an embedding would soon be the whole table. Throws FileError when the file no longer has them.
void copyFromMapping(std::span<const std::byte> bytes, std::byte* to);

}  // namespace incipit
