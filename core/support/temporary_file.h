// A file without a name, for what is too large for memory: it is gone with whoever holds it, and with the program, however that ends.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace incipit {

class TemporaryFile {
 public:
  // In TMPDIR, else in /var/tmp (a disk also where /tmp is memory), else in /tmp. `purpose` stands in the sentences about it: "the unpacked
  // rows of 'a.jsonl.gz'". Throws FileError where none can be made.
  explicit TemporaryFile(std::string purpose);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  // At its end. Throws FileError where the disk is full, or nearly: some of it is left to others.
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  // From `offset` on, up to the size of `to`. Throws FileError where the disk does not give all of it.
  void read(std::span<std::byte> to, std::size_t offset) const;

  std::size_t size() const { return m_size; }
  int descriptor() const { return m_descriptor; }
  const std::string& purpose() const { return m_purpose; }

 private:
  void leaveRoom();

  std::string m_purpose;
  std::string m_folder;
  int m_descriptor = -1;
  std::size_t m_size = 0;
  std::size_t m_lookedAt = 0;  // the size at which the disk's free space was last asked for
};

}  // namespace incipit
