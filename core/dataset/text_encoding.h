// The bytes of a data file as UTF-8, whatever a spreadsheet or an old corpus wrote them in.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace incipit {

struct DecodedText {
  std::string text;      // UTF-8, no byte order mark
  std::string encoding;  // "UTF-8", "UTF-16" or "Windows-1252": what it was read as
};

// UTF-16 is told by its byte order mark; bytes that are no UTF-8 are read as Windows-1252 (Latin-1 with typographic quotes), the
// encoding of nearly every such file. Throws DataError for a file with zero bytes: an archive, a picture, a model.
DecodedText toUtf8(std::string bytes, const std::filesystem::path& file);

// Index of the first byte that does not belong to well-formed UTF-8 (RFC 3629); npos when all do.
std::size_t firstInvalidUtf8(std::string_view text);

// Appends a code point; one outside Unicode becomes U+FFFD.
void appendUtf8(std::string& text, char32_t codePoint);

}  // namespace incipit
