#include "core/dataset/text_encoding.h"

#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace incipit {
namespace {

// Code points of the bytes 0x80 .. 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt); above, byte and code point agree.
constexpr std::array<char32_t, 32> windows1252 = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                  0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

std::string fromWindows1252(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (const unsigned char byte : bytes) {
    if (byte < 0x80)
      text += static_cast<char>(byte);
    else
      appendUtf8(text, byte < 0xA0 ? windows1252[byte - 0x80u] : byte);
  }
  return text;
}

std::string fromUtf16(std::string_view bytes, bool bigEndian) {
  std::string text;
  text.reserve(bytes.size());
  const auto unit = [&](std::size_t at) -> char32_t {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return bigEndian ? static_cast<char32_t>(first << 8 | second) : static_cast<char32_t>(second << 8 | first);
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t codePoint = unit(at);
    if (codePoint >= 0xD800 && codePoint < 0xDC00 && at + 3 < bytes.size()) {
      const char32_t low = unit(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        codePoint = 0x10000 + ((codePoint - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    appendUtf8(text, codePoint);
  }
  return text;
}

}  // namespace

void appendUtf8(std::string& text, char32_t codePoint) {
  if (codePoint > 0x10FFFF || (codePoint >= 0xD800 && codePoint < 0xE000)) codePoint = 0xFFFD;
  const auto add = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (codePoint < 0x80) {
    add(codePoint);
  } else if (codePoint < 0x800) {
    add(0xC0 | codePoint >> 6), add(0x80 | (codePoint & 0x3F));
  } else if (codePoint < 0x10000) {
    add(0xE0 | codePoint >> 12), add(0x80 | (codePoint >> 6 & 0x3F)), add(0x80 | (codePoint & 0x3F));
  } else {
    add(0xF0 | codePoint >> 18), add(0x80 | (codePoint >> 12 & 0x3F)), add(0x80 | (codePoint >> 6 & 0x3F)), add(0x80 | (codePoint & 0x3F));
  }
}

std::size_t firstInvalidUtf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    if (std::uint64_t eight = 0; at + sizeof eight <= text.size()) {  // most texts are mostly ASCII
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080ULL) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > text.size()) return at;
    // The second byte's range keeps out overlong forms, surrogates and code points beyond U+10FFFF.
    const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(at + 1) < lowest || byte(at + 1) > highest) return at;
    for (std::size_t i = 2; i < length; ++i)
      if ((byte(at + i) & 0xC0) != 0x80) return at;
    at += length;
  }
  return std::string_view::npos;
}

namespace {

// By its mark, or by where its zeros stand.
std::optional<TextEncoding> wideEncodingOf(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return TextEncoding::Utf16Little;
  if (bytes.starts_with("\xFE\xFF")) return TextEncoding::Utf16Big;
  constexpr std::size_t enough = 4096, fewest = 4;
  const std::size_t pairs = std::min(enough, bytes.size()) / 2;
  std::size_t first = 0, second = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (bytes[2 * i] == '\0') ++first;
    if (bytes[2 * i + 1] == '\0') ++second;
  }
  if (pairs < fewest) return std::nullopt;
  if (first == 0 && second * 2 >= pairs) return TextEncoding::Utf16Little;
  if (second == 0 && first * 2 >= pairs) return TextEncoding::Utf16Big;
  return std::nullopt;
}

// How many bytes at the end begin a character of UTF-8 that is not all there; 0 to 3.
std::size_t unfinishedUtf8(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

// The same of UTF-16: a lone byte, a high surrogate, or both.
std::size_t unfinishedUtf16(std::string_view text, bool bigEndian) {
  const std::size_t odd = text.size() % 2;
  if (text.size() < 2 + odd) return odd;
  const auto high = static_cast<unsigned char>(text[text.size() - odd - (bigEndian ? 2 : 1)]);
  return odd + (high >= 0xD8 && high < 0xDC ? 2 : 0);
}

}  // namespace

const char* nameOf(TextEncoding encoding) {
  switch (encoding) {
  case TextEncoding::Utf8:
    return "UTF-8";
  case TextEncoding::Utf16Little:
    return "UTF-16 (little-endian)";
  case TextEncoding::Utf16Big:
    return "UTF-16 (big-endian)";
  case TextEncoding::Latin1:
    return "Latin-1 (Windows-1252)";
  }
  return "";
}

void EncodingSniffer::look(std::string_view piece) {
  if (!m_begun) m_wide = wideEncodingOf(piece);
  m_begun = true;
  if (m_wide) return;
  m_zeros = m_zeros || std::memchr(piece.data(), 0, piece.size()) != nullptr;
  if (!m_utf8) return;
  while (!m_unfinished.empty()) {
    if (piece.empty()) return;
    m_unfinished += piece.front();
    piece.remove_prefix(1);
    if (unfinishedUtf8(m_unfinished) == m_unfinished.size()) continue;
    m_utf8 = firstInvalidUtf8(m_unfinished) == std::string_view::npos;
    m_unfinished.clear();
    if (!m_utf8) return;
  }
  const std::size_t rest = unfinishedUtf8(piece);
  m_unfinished = piece.substr(piece.size() - rest);
  m_utf8 = firstInvalidUtf8(piece.substr(0, piece.size() - rest)) == std::string_view::npos;
}

TextEncoding EncodingSniffer::verdict(const std::filesystem::path& file) const {
  if (m_wide) return *m_wide;
  if (m_zeros)
    throw DataError("The file '" + file.string() + "' is not text: it contains zero bytes.",
                    "Choose a JSON Lines, CSV, TSV or plain text file (unpack it first when it is an archive).");
  return m_utf8 && m_unfinished.empty() ? TextEncoding::Utf8 : TextEncoding::Latin1;
}

std::string Utf8Converter::convert(std::string_view piece, bool last) {
  std::string joined;
  if (!m_unfinished.empty()) {
    joined = std::exchange(m_unfinished, {}) + std::string(piece);
    piece = joined;
  }
  const bool wide = m_encoding == TextEncoding::Utf16Little || m_encoding == TextEncoding::Utf16Big;
  const bool bigEndian = m_encoding == TextEncoding::Utf16Big;
  if (wide && !last) {
    const std::size_t rest = unfinishedUtf16(piece, bigEndian);
    m_unfinished = piece.substr(piece.size() - rest);
    piece.remove_suffix(rest);
  }
  const std::string_view mark = m_encoding == TextEncoding::Utf8          ? utf8Mark
                                : m_encoding == TextEncoding::Utf16Big    ? std::string_view("\xFE\xFF")
                                : m_encoding == TextEncoding::Utf16Little ? std::string_view("\xFF\xFE")
                                                                          : std::string_view();
  if (!std::exchange(m_begun, true) && !mark.empty() && piece.starts_with(mark)) piece.remove_prefix(mark.size());
  if (wide) return fromUtf16(piece, bigEndian);
  return m_encoding == TextEncoding::Latin1 ? fromWindows1252(piece) : std::string(piece);
}

DecodedText toUtf8(std::string bytes, const std::filesystem::path& file) {
  EncodingSniffer sniffer;
  sniffer.look(bytes);
  const TextEncoding encoding = sniffer.verdict(file);
  if (encoding != TextEncoding::Utf8) return {Utf8Converter(encoding).convert(bytes, true), encoding};
  if (bytes.starts_with(utf8Mark)) bytes.erase(0, utf8Mark.size());
  return {std::move(bytes), encoding};
}

}  // namespace incipit
