// A file that is open for reading. Every file this program reads is opened here, so that all are refused for the same reasons.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace incipit {

class OpenFile {
 public:
  // Throws FileError, with the system's reason, for what is not there or may not be read, and for what is no ordinary file: a folder, or a
  // pipe or device, from which a program could wait for ever.
  explicit OpenFile(const std::filesystem::path& file);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return m_descriptor; }
  const std::filesystem::path& path() const { return m_path; }
  std::size_t size() const { return m_size; }  // when it was opened

  // From `offset` on, as much as there is, up to the size of `to`. Throws FileError where the disk does not give it.
  std::size_t read(std::span<std::byte> to, std::size_t offset) const;
  // Whether the file is shorter now than when it was opened.
  bool cutOff() const;

 private:
  std::filesystem::path m_path;
  int m_descriptor = -1;
  std::size_t m_size = 0;
};

}  // namespace incipit
