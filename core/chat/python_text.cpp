#include "core/chat/python_text.h"

#include "core/chat/case_tables.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <utf8proc.h>

namespace incipit::chat {

namespace {

struct Interval {
  char32_t first, last;
};

template <std::size_t N>
bool within(const Interval (&table)[N], char32_t character) {
  const auto at =
      std::lower_bound(std::begin(table), std::end(table), character, [](const Interval& row, char32_t c) { return row.last < c; });
  return at != std::end(table) && at->first <= character;
}

// Unicode's Numeric_Type=Digit without the decimals, Other_Lowercase and Other_Uppercase, as Python 3.11 has them.
constexpr Interval otherDigits[] = {{0xB2, 0xB3},     {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},   {0x2070, 0x2070},
                                    {0x2074, 0x2079}, {0x2080, 0x2089},   {0x2460, 0x2468},   {0x2474, 0x247C},   {0x2488, 0x2490},
                                    {0x24EA, 0x24EA}, {0x24F5, 0x24FD},   {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},
                                    {0x278A, 0x2792}, {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}};
constexpr Interval otherLower[] = {{0xAA, 0xAA},       {0xBA, 0xBA},       {0x2B0, 0x2B8},     {0x2C0, 0x2C1},    {0x2E0, 0x2E4},
                                   {0x345, 0x345},     {0x37A, 0x37A},     {0x1D2C, 0x1D6A},   {0x1D78, 0x1D78},  {0x1D9B, 0x1DBF},
                                   {0x2071, 0x2071},   {0x207F, 0x207F},   {0x2090, 0x209C},   {0x2170, 0x217F},  {0x24D0, 0x24E9},
                                   {0x2C7C, 0x2C7D},   {0xA69C, 0xA69D},   {0xA770, 0xA770},   {0xA7F8, 0xA7F9},  {0xAB5C, 0xAB5F},
                                   {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA}};
constexpr Interval otherUpper[] = {{0x2160, 0x216F}, {0x24B6, 0x24CF}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}};

utf8proc_category_t category(char32_t character) { return utf8proc_category(static_cast<utf8proc_int32_t>(character)); }

void appendUpper(std::string& text, char32_t character) {
  if (const char32_t* letters = longUpperCase(character))
    text += fromCodePoints(letters);
  else
    append(text, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(character))));
}

void appendTitle(std::string& text, char32_t character) {
  if (const char32_t* letters = longTitleCase(character))
    text += fromCodePoints(letters);
  else
    append(text, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(character))));
}

bool isCased(char32_t character) { return isLower(character) || isUpper(character) || isTitle(character); }

bool isCaseIgnorable(char32_t character) {
  switch (category(character)) {
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_SK:
    return true;
  default:
    return character == '\'' || character == '.' || character == ':' || character == 0xB7 || character == 0x2018 || character == 0x2019 ||
           character == 0x2024 || character == 0x2027;
  }
}

// A capital sigma at the end of a word has a form of its own.
bool endsWord(std::u32string_view letters, std::size_t at) {
  std::size_t before = at, after = at + 1;
  while (before > 0 && isCaseIgnorable(letters[before - 1]))
    --before;
  while (after < letters.size() && isCaseIgnorable(letters[after]))
    ++after;
  return before > 0 && isCased(letters[before - 1]) && !(after < letters.size() && isCased(letters[after]));
}

void appendLower(std::string& text, std::u32string_view letters, std::size_t at) {
  const char32_t character = letters[at];
  if (character == 0x3A3)
    append(text, endsWord(letters, at) ? 0x3C2 : 0x3C3);
  else if (character == 0x130)
    text += "i\xCC\x87";
  else
    append(text, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character))));
}

}  // namespace

bool isAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::size_t countCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

char32_t characterAt(std::string_view text, std::size_t byte) {
  utf8proc_int32_t character = 0;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + byte),
                                       static_cast<utf8proc_ssize_t>(std::min(text.size() - byte, std::size_t{4})), &character);
  return length > 0 ? static_cast<char32_t>(character) : 0xFFFD;
}

void append(std::string& text, char32_t character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
    return;
  }
  utf8proc_uint8_t bytes[4];
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

std::string validText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t character = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                         static_cast<utf8proc_ssize_t>(std::min(text.size() - at, std::size_t{4})), &character);
    if (length > 0)
      out += text.substr(at, static_cast<std::size_t>(length));
    else
      out += "\xEF\xBF\xBD";
    at += length > 0 ? static_cast<std::size_t>(length) : 1;
  }
  return out;
}

std::u32string codePoints(std::string_view text) {
  std::u32string letters;
  letters.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at]))
    letters += characterAt(text, at);
  return letters;
}

std::string fromCodePoints(std::u32string_view letters) {
  std::string text;
  text.reserve(letters.size());
  for (const char32_t letter : letters)
    append(text, letter);
  return text;
}

bool isSpace(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isLineBreak(char32_t c) { return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029; }

bool isPrintable(char32_t character) {
  switch (category(character)) {
  case UTF8PROC_CATEGORY_CN:
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return false;
  case UTF8PROC_CATEGORY_ZS:
    return character == ' ';
  default:
    return true;
  }
}

bool isAlpha(char32_t character) {
  const auto kind = category(character);
  return kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;
}
bool isDecimal(char32_t character) { return category(character) == UTF8PROC_CATEGORY_ND; }
bool isDigit(char32_t character) { return isDecimal(character) || within(otherDigits, character); }
bool isLower(char32_t character) { return category(character) == UTF8PROC_CATEGORY_LL || within(otherLower, character); }
bool isUpper(char32_t character) { return category(character) == UTF8PROC_CATEGORY_LU || within(otherUpper, character); }
bool isTitle(char32_t character) { return category(character) == UTF8PROC_CATEGORY_LT; }

bool isAlnum(char32_t character) {
  const auto kind = category(character);
  return isAlpha(character) || kind == UTF8PROC_CATEGORY_ND || kind == UTF8PROC_CATEGORY_NL || kind == UTF8PROC_CATEGORY_NO;
}

bool isIdentifier(std::string_view text) {
  bool first = true;
  for (const char32_t c : codePoints(text)) {
    const auto kind = category(c);
    const bool start = c == '_' || isAlpha(c) || kind == UTF8PROC_CATEGORY_NL;
    const bool more =
        kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC || kind == UTF8PROC_CATEGORY_ND || kind == UTF8PROC_CATEGORY_PC;
    if (!start && (first || !more)) return false;
    first = false;
  }
  return !first;
}

std::string_view stripLeft(std::string_view text) {
  while (!text.empty() && isSpace(characterAt(text, 0)))
    text.remove_prefix(characterBytes(text[0]));
  return text;
}

std::string_view stripRight(std::string_view text) {
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80)
      --start;
    if (!isSpace(characterAt(text, start))) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char32_t c : codePoints(text))
    appendUpper(out, c);
  return out;
}

std::string lower(std::string_view text) {
  const std::u32string letters = codePoints(text);
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i)
    appendLower(out, letters, i);
  return out;
}

std::string title(std::string_view text) {
  const std::u32string letters = codePoints(text);
  std::string out;
  bool inWord = false;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (inWord)
      appendLower(out, letters, i);
    else
      appendTitle(out, letters[i]);
    inWord = isCased(letters[i]);
  }
  return out;
}

std::string capitalize(std::string_view text) {
  const std::u32string letters = codePoints(text);
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (i == 0)
      appendTitle(out, letters[i]);
    else
      appendLower(out, letters, i);
  return out;
}

std::string swapCase(std::string_view text) {
  const std::u32string letters = codePoints(text);
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (isUpper(letters[i]))
      appendLower(out, letters, i);
    else if (isLower(letters[i]))
      appendUpper(out, letters[i]);
    else
      append(out, letters[i]);
  return out;
}

std::string caseFold(std::string_view text) {
  utf8proc_uint8_t* folded = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                                   &folded, UTF8PROC_CASEFOLD);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(folded, &std::free);
  return length < 0 ? lower(text) : std::string(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(length));
}

}  // namespace incipit::chat
