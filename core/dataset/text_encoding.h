// The bytes of a data file as UTF-8, whatever a spreadsheet or an old corpus wrote them in.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace incipit {

enum class TextEncoding { Utf8, Utf16Little, Utf16Big, Latin1 };
// "UTF-8", "UTF-16 (little-endian)", "UTF-16 (big-endian)", "Latin-1 (Windows-1252)".
const char* nameOf(TextEncoding encoding);

struct DecodedText {
  std::string text;  // UTF-8, no byte order mark
  TextEncoding encoding = TextEncoding::Utf8;
};

// UTF-16 is told by its byte order mark, or by the zeros that every second byte is where most letters are Latin ones; bytes that are no
// UTF-8 are read as Windows-1252 (Latin-1 with typographic quotes), the encoding of nearly every such file. Throws DataError for a file
// with zero bytes: an archive, a picture, a model.
DecodedText toUtf8(std::string bytes, const std::filesystem::path& file);

// The same for a text that comes in pieces. First all of them are looked at, then all of them are converted.
class EncodingSniffer {
 public:
  void look(std::string_view piece);
  // Of all pieces. Throws DataError as above.
  TextEncoding verdict(const std::filesystem::path& file) const;

 private:
  bool m_begun = false, m_zeros = false, m_utf8 = true;
  std::optional<TextEncoding> m_wide;
  std::string m_unfinished;  // the bytes of a character that goes on in the next piece
};

class Utf8Converter {
 public:
  explicit Utf8Converter(TextEncoding encoding) : m_encoding(encoding) {}
  std::string convert(std::string_view piece, bool last);

 private:
  TextEncoding m_encoding;
  bool m_begun = false;
  std::string m_unfinished;
};

inline constexpr std::string_view utf8Mark = "\xEF\xBB\xBF";

// Index of the first byte that does not belong to well-formed UTF-8 (RFC 3629); npos when all do.
std::size_t firstInvalidUtf8(std::string_view text);

// Appends a code point; one outside Unicode becomes U+FFFD.
void appendUtf8(std::string& text, char32_t codePoint);

}  // namespace incipit
