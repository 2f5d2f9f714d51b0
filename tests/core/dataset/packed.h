// Bytes packed as gzip or zstd pack them, for tests.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <string>
#include <string_view>

namespace incipit::test {

inline std::string packed(std::string_view bytes, const char* filter) {
  std::string result(bytes.size() + 4096, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  archive_write_add_filter_by_name(writer, filter);
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open_memory(writer, result.data(), result.size(), &used);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_pathname(entry, "data");
  archive_write_header(writer, entry);
  archive_write_data(writer, bytes.data(), bytes.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  result.resize(used);
  return result;
}

}  // namespace incipit::test
