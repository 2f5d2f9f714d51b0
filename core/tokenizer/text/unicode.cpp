#include "core/tokenizer/text/unicode.h"

#include "core/support/error.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <utf8proc.h>

namespace incipit {

namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// How many bytes at the start of `text` belong together: a whole character, or the longest beginning of one. `whole` says which.
std::size_t characterOrItsBeginning(std::string_view text, bool& whole) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  whole = lead < 0x80;
  if (whole || lead < 0xC2 || lead > 0xF4) return 1;
  const std::size_t length = characterLength(text[0]);
  if (text.size() < 2 || !continues(text[1])) return 1;
  // Overlong forms, surrogates and characters beyond U+10FFFF already show in the second byte.
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF0 && byte(1) < 0x90) ||
      (lead == 0xF4 && byte(1) > 0x8F))
    return 1;
  std::size_t at = 2;
  while (at < length && at < text.size() && continues(text[at]))
    ++at;
  whole = at == length;
  return at;
}

utf8proc_category_t category(char32_t character) { return utf8proc_category(static_cast<utf8proc_int32_t>(character)); }

}  // namespace

std::size_t validCharacter(std::string_view text) {
  if (text.empty()) return 0;
  bool whole = false;
  std::size_t length = characterOrItsBeginning(text, whole);
  return whole ? length : 0;
}

bool isUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    std::size_t length = validCharacter(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string replaceInvalidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    bool whole = false;
    std::size_t length = characterOrItsBeginning(text.substr(at), whole);
    valid += whole ? text.substr(at, length) : replacementCharacter;
    at += length;
  }
  return valid;
}

char32_t firstCharacter(std::string_view text) {
  auto bits = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i]) & 0x3F); };
  const char32_t lead = static_cast<unsigned char>(text[0]);
  switch (characterLength(text[0])) {
  case 2:
    return (lead & 0x1F) << 6 | bits(1);
  case 3:
    return (lead & 0x0F) << 12 | bits(1) << 6 | bits(2);
  case 4:
    return (lead & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
  default:
    return lead;
  }
}

char32_t lastCharacter(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && continues(text[at]))
    --at;
  return firstCharacter(text.substr(at));
}

void appendCharacter(std::string& text, char32_t character) {
  utf8proc_uint8_t bytes[4];
  auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

std::u32string toUtf32(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  eachCharacter(text, [&](char32_t character, std::string_view) { characters += character; });
  return characters;
}

std::string replaceAll(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  result.reserve(text.size());
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    result += text.substr(at, found - at);
    result += to;
    at = found + from.size();
  }
  return result += text.substr(at);
}

bool isWhitespace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  if (c == 0x85) return true;
  auto kind = category(c);
  return kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP;
}

bool isNumeric(char32_t character) {
  auto kind = category(character);
  return kind == UTF8PROC_CATEGORY_ND || kind == UTF8PROC_CATEGORY_NL || kind == UTF8PROC_CATEGORY_NO;
}

bool isPunctuation(char32_t c) {
  if (c < 0x80) return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
  switch (category(c)) {
  case UTF8PROC_CATEGORY_PC:
  case UTF8PROC_CATEGORY_PD:
  case UTF8PROC_CATEGORY_PS:
  case UTF8PROC_CATEGORY_PE:
  case UTF8PROC_CATEGORY_PI:
  case UTF8PROC_CATEGORY_PF:
  case UTF8PROC_CATEGORY_PO:
    return true;
  default:
    return false;
  }
}

bool isWord(char32_t character) {
  switch (category(character)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_NL:  // Alphabetic, with the letters
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_PC:
    return true;
  default:
    break;
  }
  // The rest of Alphabetic (Other_Alphabetic outside M): circled and squared letters. Join_Control counts as a word character, too.
  return (character >= 0x24B6 && character <= 0x24E9) || (character >= 0x1F130 && character <= 0x1F149) ||
         (character >= 0x1F150 && character <= 0x1F169) || (character >= 0x1F170 && character <= 0x1F189) || character == 0x200C ||
         character == 0x200D;
}

bool isMark(char32_t character) {
  auto kind = category(character);
  return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC || kind == UTF8PROC_CATEGORY_ME;
}

bool isNonspacingMark(char32_t character) { return category(character) == UTF8PROC_CATEGORY_MN; }

bool isOther(char32_t character) {
  auto kind = category(character);
  return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF || kind == UTF8PROC_CATEGORY_CO;
}

void appendLowercase(std::string& text, char32_t character) {
  if (character == 0x130) {  // LATIN CAPITAL LETTER I WITH DOT ABOVE, the one character whose lower case is two characters
    text += "i\xCC\x87";
    return;
  }
  appendCharacter(text, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character))));
}

std::string normalForm(std::string_view text, NormalForm form) {
  int options = UTF8PROC_STABLE;
  options |= form == NormalForm::C || form == NormalForm::KC ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  if (form == NormalForm::KC || form == NormalForm::KD) options |= UTF8PROC_COMPAT;
  utf8proc_uint8_t* result = nullptr;
  auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &result,
                             static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, &std::free);
  if (length == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (length < 0) throw DataError(std::string("A text cannot be brought into a Unicode normal form: ") + utf8proc_errmsg(length) + ".");
  return std::string(reinterpret_cast<const char*>(result), static_cast<std::size_t>(length));
}

}  // namespace incipit
