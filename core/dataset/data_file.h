// A data file as one text in UTF-8, whatever it is packed and written in: in memory where it is small, else mapped, from its place on the
// disk or from a temporary file.
#pragma once

#include "core/dataset/how_read.h"
#include "core/support/mapped_file.h"
#include "core/support/open_file.h"
#include "core/support/watch.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace incipit {

class DataFile {
 public:
  // Texts of up to `mostHeld` bytes are kept in memory. Throws FileError, FormatError for a packed file that is cut off, DataError for what
  // is no text; formats with rows of their own (Parquet, Arrow, Excel) are named, with a line that converts them.
  DataFile(const std::filesystem::path& file, std::uint64_t mostHeld, const Watch& watch);

  std::string_view text() const { return m_text; }
  bool held() const { return m_mapped == nullptr; }
  const std::filesystem::path& path() const { return m_path; }
  const std::filesystem::path& name() const { return m_name; }  // without ".gz", ".zst": its ending tells the kind of file
  const HowRead& how() const { return m_how; }
  const std::string& fingerprint() const { return m_fingerprint; }  // of the bytes as they lie on the disk

  // Lets go of the memory behind a part that has been read.
  void forget(std::string_view part) const;
  // A part of the text, read from the disk. Throws FileError where the file has changed meanwhile.
  std::string copy(std::uint64_t offset, std::size_t size) const;
  // Throws FileError where it was cut off while it was read.
  void checkWhole() const;

 private:
  void open(const OpenFile& in, std::uint64_t mostHeld, const Watch& watch);
  void map(const std::filesystem::path& file);

  std::filesystem::path m_path, m_name;
  HowRead m_how;
  std::string m_fingerprint;
  std::string m_held;
  std::unique_ptr<const MappedFile> m_mapped;  // null: held
  std::unique_ptr<const OpenFile> m_watched;   // the file that is mapped; null: a temporary one, which nobody else can change
  std::int64_t m_modified = 0;                 // when it last was, as it was opened; nanoseconds
  std::string_view m_text;
};

}  // namespace incipit
