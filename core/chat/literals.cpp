#include "core/chat/literals.h"

#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <cstdio>

namespace incipit::chat {

namespace {

bool isIn(char c, std::string_view letters) { return letters.find(c) != std::string_view::npos; }
constexpr std::string_view decimal = "0123456789", hexadecimal = "0123456789abcdefABCDEF";

// Digits with single underscores between them.
std::size_t digitsLength(std::string_view text, std::string_view digits) {
  std::size_t length = 0;
  while (length < text.size()) {
    if (isIn(text[length], digits))
      ++length;
    else if (length > 0 && text[length] == '_' && length + 1 < text.size() && isIn(text[length + 1], digits))
      length += 2;
    else
      break;
  }
  return length;
}

// \x, \u and \U: exactly `count` digits.
char32_t hexEscape(std::string_view digits, std::size_t count) {
  char32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= digits.size() || !isIn(digits[i], hexadecimal)) throw Problem(Trouble::Syntax, "truncated escape in a string");
    number = number * 16 + static_cast<char32_t>(digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 32) - 'a' + 10);
  }
  if (number > 0x10FFFF) throw Problem(Trouble::Syntax, "illegal Unicode character");
  if (number >= 0xD800 && number < 0xE000) refuse("it writes half a surrogate pair (\\ud800 to \\udfff), which is not a letter");
  return number;
}

// Python makes the letters beyond ASCII escapes first, so a backslash before one is read as an escaped backslash before the escape.
void appendEscapedLetter(std::string& out, char32_t letter) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer,
                letter < 0x100     ? "\\x%02x"
                : letter < 0x10000 ? "\\u%04x"
                                   : "\\U%08x",
                static_cast<unsigned>(letter));
  out += buffer;
}

}  // namespace

std::size_t realLength(std::string_view text) {
  std::size_t length = digitsLength(text, decimal);
  if (length == 0) return 0;
  bool fraction = false;
  if (length < text.size() && text[length] == '.')
    if (const std::size_t more = digitsLength(text.substr(length + 1), decimal); more > 0) length += 1 + more, fraction = true;
  if (length < text.size() && isIn(text[length], "eE")) {
    std::size_t exponent = length + 1;
    if (exponent < text.size() && isIn(text[exponent], "+-")) ++exponent;
    if (const std::size_t more = exponent < text.size() ? digitsLength(text.substr(exponent), decimal) : 0; more > 0)
      return exponent + more;
  }
  return fraction ? length : 0;
}

std::size_t wholeLength(std::string_view text) {
  if (text.size() > 2 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 32);
    const std::string_view digits = letter == 'x' ? hexadecimal : letter == 'o' ? "01234567" : letter == 'b' ? "01" : "";
    const std::size_t underscore = text[2] == '_' ? 1 : 0;
    if (!digits.empty())
      if (const std::size_t more = digitsLength(text.substr(2 + underscore), digits); more > 0) return 2 + underscore + more;
  }
  return text[0] == '0' ? digitsLength(text, "0") : digitsLength(text, decimal);
}

std::string unescaped(std::string_view literal) {
  std::string out;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] != '\\' || i + 1 == literal.size()) {
      out += literal[i];
      continue;
    }
    const char c = literal[++i];
    static constexpr std::string_view letters = "\\'\"abfnrtv", meanings = "\\'\"\a\b\f\n\r\t\v";
    if (c == '\n') {
      continue;
    } else if (const auto found = letters.find(c); found != std::string_view::npos) {
      out += meanings[found];
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      append(out, hexEscape(literal.substr(i + 1), count));
      i += count;
    } else if (c >= '0' && c <= '7') {
      char32_t number = 0;
      std::size_t digits = 0;
      while (digits < 3 && i + digits < literal.size() && literal[i + digits] >= '0' && literal[i + digits] <= '7')
        number = number * 8 + static_cast<char32_t>(literal[i + digits++] - '0');
      append(out, number);
      i += digits - 1;
    } else if (c == 'N') {
      refuse("it writes a letter by its Unicode name (\\N{...})");
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      appendEscapedLetter(out, characterAt(literal, i));
      i += characterBytes(c) - 1;
    } else {
      out += '\\', out += c;
    }
  }
  return out;
}

}  // namespace incipit::chat
