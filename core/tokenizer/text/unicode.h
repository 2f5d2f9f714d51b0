// UTF-8 text character by character, and what kinds of characters there are.
#pragma once

#include <string>
#include <string_view>

namespace incipit {

// Bytes of the character that starts with this byte; 1 for a byte that starts none.
constexpr std::size_t characterLength(char first) {
  auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : byte < 0xF8 ? 4 : 1;
}

// The bytes at the start of `text` that form a whole valid character; 0 when they do not.
std::size_t validCharacter(std::string_view text);
bool isUtf8(std::string_view text);
// Every maximal run of bytes that begins a character but does not finish it becomes one U+FFFD, as Python's errors="replace" and
// Rust's from_utf8_lossy do.
std::string replaceInvalidUtf8(std::string_view text);

inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// The functions below expect valid UTF-8.
char32_t firstCharacter(std::string_view text);
char32_t lastCharacter(std::string_view text);
void appendCharacter(std::string& text, char32_t character);
std::u32string toUtf32(std::string_view text);

// Every occurrence of `from` (not empty) from left to right.
std::string replaceAll(std::string_view text, std::string_view from, std::string_view to);

template <class Visit>
void eachCharacter(std::string_view text, Visit visit) {  // visit(character, its bytes)
  for (std::size_t at = 0; at < text.size();) {
    std::string_view bytes = text.substr(at, characterLength(text[at]));
    visit(firstCharacter(bytes), bytes);
    at += bytes.size();
  }
}

bool isWhitespace(char32_t character);   // the Unicode property White_Space
bool isNumeric(char32_t character);      // categories Nd, Nl, No
bool isPunctuation(char32_t character);  // category P, and all of ASCII's !"#$%&'()*+,-./:;<=>?@[\]^_`{|}~
bool isWord(char32_t character);         // \w: Alphabetic, M, Nd, Pc
bool isMark(char32_t character);         // categories Mn, Mc, Me
bool isNonspacingMark(char32_t character);
bool isOther(char32_t character);  // categories Cc, Cf, Co

// Lower case without regard to the neighbours, as Rust's char::to_lowercase.
void appendLowercase(std::string& text, char32_t character);

enum class NormalForm { C, D, KC, KD };
std::string normalForm(std::string_view text, NormalForm form);

}  // namespace incipit
