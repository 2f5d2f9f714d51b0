#include "core/chat/numbers.h"

#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace incipit::chat {

namespace {

[[noreturn]] void tooLarge() { refuse("it computes with whole numbers of more than 38 digits"); }
[[noreturn]] void byZero(const char* what) { valueError(what); }

Integer plus(Integer a, Integer b) {
  Integer result;
  if (__builtin_add_overflow(a, b, &result)) tooLarge();
  return result;
}

Integer times(Integer a, Integer b) {
  Integer result;
  if (__builtin_mul_overflow(a, b, &result)) tooLarge();
  return result;
}

Integer floorDivide(Integer a, Integer b) {
  if (b == 0) byZero("integer division or modulo by zero");
  if (b == -1) return times(a, -1);
  const Integer quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Integer modulo(Integer a, Integer b) {
  if (b == 0) byZero("integer division or modulo by zero");
  if (b == -1) return 0;
  const Integer rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double modulo(double a, double b) {
  if (b == 0) byZero("float modulo");
  double rest = std::fmod(a, b);
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  return rest == 0 ? std::copysign(0.0, b) : rest;
}

double floorDivide(double a, double b) {
  if (b == 0) byZero("float floor division by zero");
  const double rest = modulo(a, b), quotient = (a - rest) / b;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

Value power(Integer base, Integer exponent) {
  if (exponent < 0) {
    if (base == 0) byZero("0.0 cannot be raised to a negative power");
    return std::pow(toReal(base), toReal(exponent));
  }
  if (base == 0 || base == 1) return exponent == 0 ? Integer{1} : base;
  if (base == -1) return exponent % 2 == 0 ? Integer{1} : Integer{-1};
  if (exponent > 127) tooLarge();
  Integer result = 1;
  for (Integer i = 0; i < exponent; ++i)
    result = times(result, base);
  return result;
}

double power(double base, double exponent) {
  if (base == 0 && exponent < 0) byZero("0.0 cannot be raised to a negative power");
  if (base < 0 && std::isfinite(exponent) && std::floor(exponent) != exponent) refuse("it computes a complex number");
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) valueError("(34, 'Numerical result out of range')");
  return result;
}

std::optional<double> asReal(const Value& value) {
  if (const double* real = value.real()) return *real;
  if (const auto whole = value.wholeNumber()) return toReal(*whole);
  return std::nullopt;
}

Value wholeArithmetic(std::string_view sign, Integer a, Integer b) {
  if (sign == "+") return plus(a, b);
  if (sign == "-") {
    Integer result;
    if (__builtin_sub_overflow(a, b, &result)) tooLarge();
    return result;
  }
  if (sign == "*") return times(a, b);
  if (sign == "//") return floorDivide(a, b);
  if (sign == "%") return modulo(a, b);
  if (sign == "**") return power(a, b);
  if (b == 0) byZero("division by zero");
  return toReal(a) / toReal(b);
}

double realArithmetic(std::string_view sign, double a, double b) {
  if (sign == "+") return a + b;
  if (sign == "-") return a - b;
  if (sign == "*") return a * b;
  if (sign == "//") return floorDivide(a, b);
  if (sign == "%") return modulo(a, b);
  if (sign == "**") return power(a, b);
  if (b == 0) byZero("float division by zero");
  return a / b;
}

// Takes Python's single underscores between digits out; nothing where they stand elsewhere.
std::optional<std::string> withoutUnderscores(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
      continue;
    }
    const auto digit = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if (i == 0 || i + 1 == text.size() || !digit(text[i - 1]) || !digit(text[i + 1])) return std::nullopt;
  }
  return digits;
}

}  // namespace

std::string toText(Integer number) {
  if (number == 0) return "0";
  std::string digits;
  const bool negative = number < 0;
  for (; number != 0; number /= 10)
    digits += static_cast<char>('0' + static_cast<int>(negative ? -(number % 10) : number % 10));
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string toText(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  std::string_view shortest(buffer, static_cast<std::size_t>(end - buffer));
  std::string sign;
  if (shortest.front() == '-') sign = "-", shortest.remove_prefix(1);
  const std::size_t e = shortest.find('e');
  const int exponent = std::atoi(std::string(shortest.substr(e + 1)).c_str());
  std::string digits(shortest.substr(0, 1));
  if (e > 2) digits += shortest.substr(2, e - 2);
  if (exponent < -4 || exponent >= 16) {
    const std::string power = std::to_string(std::abs(exponent));
    return sign + digits[0] + (digits.size() > 1 ? "." + digits.substr(1) : "") + (exponent < 0 ? "e-" : "e+") +
           (power.size() < 2 ? "0" : "") + power;
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::optional<Integer> integerFrom(std::string_view text, int base) {
  text = strip(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) negative = text[0] == '-', text.remove_prefix(1);
  const auto prefixed = [&](char letter) {
    return text.size() > 2 && text[0] == '0' && std::tolower(static_cast<unsigned char>(text[1])) == letter;
  };
  const int prefix = prefixed('x') ? 16 : prefixed('o') ? 8 : prefixed('b') ? 2 : 0;
  if (prefix != 0 && (base == 0 || base == prefix)) {
    base = prefix;
    text.remove_prefix(text[2] == '_' ? 3 : 2);
  } else if (base == 0) {
    if (text.size() > 1 && text[0] == '0' && text.find_first_not_of("0_") != std::string_view::npos) return std::nullopt;
    base = 10;
  }
  if (text.size() > 4300 && base == 10) return std::nullopt;  // as Python has it
  if (!isAscii(text)) refuse("it makes a number of a text with other digits than 0 to 9");
  const auto digits = withoutUnderscores(text);
  if (!digits || digits->empty()) return std::nullopt;
  for (const char c : *digits)
    if (!std::isalnum(static_cast<unsigned char>(c))) return std::nullopt;
  Integer number = 0;
  for (const char c : *digits) {
    const int digit = c <= '9' ? c - '0' : std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
    if (digit >= base) return std::nullopt;
    number = plus(times(number, base), digit);
  }
  return negative ? -number : number;
}

std::optional<double> realFrom(std::string_view text) {
  text = strip(text);
  const auto digits = withoutUnderscores(text);
  if (!digits || digits->empty()) return std::nullopt;
  std::string_view rest = *digits;
  bool negative = false;
  if (rest[0] == '-' || rest[0] == '+') negative = rest[0] == '-', rest.remove_prefix(1);
  std::string word(rest);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  double number = 0;
  if (word == "inf" || word == "infinity")
    number = INFINITY;
  else if (word == "nan")
    number = NAN;
  else {
    if (word.empty() || !(std::isdigit(static_cast<unsigned char>(word[0])) || word[0] == '.')) return std::nullopt;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (end != word.data() + word.size() || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc::result_out_of_range) number = std::strtod(word.c_str(), nullptr);
  }
  return negative ? -number : number;
}

double toReal(Integer number) { return static_cast<double>(number); }

Integer toInteger(double number) {
  if (std::isnan(number)) valueError("cannot convert float NaN to integer");
  if (std::isinf(number)) valueError("cannot convert float infinity to integer");
  if (std::abs(number) >= 1.6e38) tooLarge();
  return static_cast<Integer>(number);
}

std::optional<Value> arithmetic(std::string_view sign, const Value& left, const Value& right) {
  const auto a = left.wholeNumber(), b = right.wholeNumber();
  if (a && b) return wholeArithmetic(sign, *a, *b);
  const auto x = asReal(left), y = asReal(right);
  if (x && y) return realArithmetic(sign, *x, *y);
  return std::nullopt;
}

std::optional<Value> negated(const Value& value) {
  if (const auto whole = value.wholeNumber()) return times(*whole, -1);
  if (const double* real = value.real()) return -*real;
  return std::nullopt;
}

double roundTo(double number, int places) {
  if (!std::isfinite(number) || places > 22 - std::ilogb(number == 0 ? 1 : number) * 30103 / 100000 + 300) return number;
  if (places < 0) {
    if (places < -308) return std::copysign(0.0, number);
    const double power = std::pow(10.0, -places);
    return std::nearbyint(number / power) * power;
  }
  char buffer[1200];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed, std::min(places, 700));
  double rounded = number;
  if (error == std::errc{}) std::from_chars(buffer, end, rounded);
  return rounded;
}

Integer roundTo(Integer number, int places) {
  if (places >= 0) return number;
  if (places < -38) return 0;
  Integer power = 1;
  for (int i = 0; i < -places; ++i)
    power *= 10;
  const Integer floor = floorDivide(number, power) * power, rest = number - floor;
  const bool up = rest > power - rest || (rest == power - rest && floorDivide(number, power) % 2 != 0);
  return up ? plus(floor, power) : floor;
}

std::int64_t clamped(Integer number) {
  constexpr Integer most = std::int64_t{1} << 40;
  return static_cast<std::int64_t>(std::clamp(number, -most, most));
}

}  // namespace incipit::chat
