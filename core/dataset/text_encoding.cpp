#include "core/dataset/text_encoding.h"

#include "core/support/error.h"

#include <array>
#include <cstdint>

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

DecodedText toUtf8(std::string bytes, const std::filesystem::path& file) {
  const std::string_view view = bytes;
  if (view.starts_with("\xFF\xFE")) return {fromUtf16(view.substr(2), false), "UTF-16"};
  if (view.starts_with("\xFE\xFF")) return {fromUtf16(view.substr(2), true), "UTF-16"};
  if (view.find('\0') != std::string_view::npos)
    throw DataError("The file '" + file.string() + "' is not text: it contains zero bytes.",
                    "Choose a JSON Lines, CSV, TSV or plain text file (unpack it first when it is an archive).");
  if (firstInvalidUtf8(view) != std::string_view::npos) return {fromWindows1252(view), "Windows-1252"};
  if (view.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  return {std::move(bytes), "UTF-8"};
}

}  // namespace incipit
