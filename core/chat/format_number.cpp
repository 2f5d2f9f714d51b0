#include "core/chat/format_number.h"

#include "core/chat/numbers.h"
#include "core/chat/problem.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace incipit::chat {

namespace {

constexpr int longestPrecision = 300;

std::string signOf(bool negative, const NumberStyle& style) { return negative ? "-" : style.plus ? "+" : style.space ? " " : ""; }

std::string grouped(const std::string& digits, char separator) {
  if (separator == 0) return digits;
  const std::size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  std::string out;
  for (std::size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += separator;
    out += digits[i];
  }
  return out + digits.substr(whole);
}

std::string inBase(Integer number, int base) {
  if (number == 0) return "0";
  std::string digits;
  for (; number != 0; number /= base) {
    const auto digit = static_cast<int>(number % base);
    digits += "0123456789abcdef"[digit < 0 ? -digit : digit];
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

void toUpper(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
}

}  // namespace

WrittenNumber writeInteger(Integer number, const NumberStyle& style) {
  WrittenNumber out{signOf(number < 0, style), {}, {}};
  const char type = static_cast<char>(std::tolower(static_cast<unsigned char>(style.type)));
  const int base = type == 'x' ? 16 : type == 'o' ? 8 : type == 'b' ? 2 : 10;
  if (base == 10) {
    out.digits = toText(number);
    if (number < 0) out.digits.erase(0, 1);
    out.digits = grouped(out.digits, style.grouping);
    return out;
  }
  if (style.grouping) refuse("it groups the digits of a number that is not decimal");
  out.digits = inBase(number, base);
  if (style.alternative) out.prefix = std::string("0") + type;
  if (style.type == 'X') toUpper(out.digits), toUpper(out.prefix);
  return out;
}

WrittenNumber writeReal(double number, const NumberStyle& style) {
  WrittenNumber out{signOf(std::signbit(number) && !std::isnan(number), style), {}, {}};
  if (style.alternative) refuse("it formats a number with '#'");
  if (style.precision > longestPrecision) refuse("it formats a number with more than " + std::to_string(longestPrecision) + " places");
  const char letter = style.type == '%' ? 'f' : style.type;
  const double shown = std::abs(style.type == '%' ? number * 100 : number);
  if (!std::isfinite(shown)) {
    out.digits = std::isnan(shown) ? "nan" : "inf";
    if (std::isupper(static_cast<unsigned char>(letter))) toUpper(out.digits);
  } else {
    const char format[] = {'%', '.', '*', letter, 0};
    char buffer[1024];
    const int length = std::snprintf(buffer, sizeof buffer, format, style.precision < 0 ? 6 : style.precision, shown);
    out.digits = grouped(std::string(buffer, static_cast<std::size_t>(length)), style.grouping);
  }
  if (style.type == '%') out.digits += '%';
  return out;
}

}  // namespace incipit::chat
