// Texts as Python's str sees them: code points, its kinds of letters, its changes of case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace incipit::chat {

bool isAscii(std::string_view text);
std::size_t countCharacters(std::string_view text);
// Of the character that starts with this byte of valid UTF-8.
inline std::size_t characterBytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}
char32_t characterAt(std::string_view text, std::size_t byte);
void append(std::string& text, char32_t character);
// What is no UTF-8 becomes U+FFFD; everything else here expects valid UTF-8.
std::string validText(std::string_view text);
std::u32string codePoints(std::string_view text);
std::string fromCodePoints(std::u32string_view text);

bool isSpace(char32_t character);      // as str.isspace, str.strip and \s see it
bool isLineBreak(char32_t character);  // where str.splitlines cuts
bool isPrintable(char32_t character);
bool isAlpha(char32_t character);
bool isDecimal(char32_t character);
bool isDigit(char32_t character);
bool isLower(char32_t character);
bool isUpper(char32_t character);
bool isTitle(char32_t character);
bool isAlnum(char32_t character);
bool isIdentifier(std::string_view text);

std::string_view stripLeft(std::string_view text);
std::string_view stripRight(std::string_view text);
inline std::string_view strip(std::string_view text) { return stripRight(stripLeft(text)); }

std::string upper(std::string_view text);
std::string lower(std::string_view text);  // with the Greek sigma of a word's end
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swapCase(std::string_view text);
std::string caseFold(std::string_view text);

}  // namespace incipit::chat
