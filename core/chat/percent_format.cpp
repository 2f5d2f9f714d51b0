// 'text with %s and %d' % values
#include "core/chat/builtins.h"
#include "core/chat/format_number.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <cctype>

namespace incipit::chat {

namespace {

class Percent {
 public:
  Percent(Machine& machine, const Text& format, const Value& arguments)
      : m_machine(machine), m_format(format), m_arguments(arguments), m_out(machine.budget()), m_rest(format.bytes) {}

  Value run() {
    while (true) {
      const std::size_t text = std::min(m_rest.find('%'), m_rest.size());
      m_out.add(m_rest.substr(0, text));
      m_rest.remove_prefix(text);
      if (m_rest.empty()) break;
      m_rest.remove_prefix(1);
      directive();
    }
    const bool mapping = m_arguments.dict() || m_arguments.list() || m_arguments.range();
    const std::size_t given = m_arguments.tuple() ? m_arguments.tuple()->items.size() : mapping ? 0 : 1;
    if (m_used < given) typeError("not all arguments converted during string formatting");
    return m_machine.text(m_out.take(), m_format.marked);
  }

 private:
  char take() {
    if (m_rest.empty()) valueError("incomplete format");
    const char c = m_rest[0];
    m_rest.remove_prefix(1);
    return c;
  }

  Value next() {
    if (const Tuple* tuple = m_arguments.tuple()) {
      if (m_used < tuple->items.size()) return tuple->items[m_used++];
    } else if (m_used == 0) {
      ++m_used;
      return m_arguments;
    }
    typeError("not enough arguments for format string");
  }

  Value named() {
    const Dict* dict = m_arguments.dict();
    if (!dict) typeError("format requires a mapping");
    const std::size_t end = m_rest.find(')');
    if (end == std::string_view::npos) valueError("incomplete format key");
    const std::string_view key = m_rest.substr(0, end);
    if (key.find('(') != std::string_view::npos) refuse("it formats by a key with brackets");
    const Value* found = dict->find(key);
    m_rest.remove_prefix(end + 1);
    if (!found) valueError("the format names the key '" + std::string(key) + "', which is not there");
    return *found;
  }

  std::int64_t number() {
    if (!m_rest.empty() && m_rest[0] == '*') {
      take();
      return clamped(wholeArgument(next(), "* wants int"));
    }
    std::int64_t value = 0;
    while (!m_rest.empty() && std::isdigit(static_cast<unsigned char>(m_rest[0])))
      value = std::min<std::int64_t>(value * 10 + (take() - '0'), std::int64_t{1} << 40);
    return value;
  }

  void directive() {
    std::optional<Value> value;
    if (!m_rest.empty() && m_rest[0] == '(') {
      take();
      value = named();
    }
    NumberStyle style;
    bool left = false, zero = false;
    for (; !m_rest.empty() && std::string_view("-+ #0").find(m_rest[0]) != std::string_view::npos; take()) {
      left = left || m_rest[0] == '-';
      zero = zero || m_rest[0] == '0';
      style.plus = style.plus || m_rest[0] == '+';
      style.space = style.space || m_rest[0] == ' ';
      style.alternative = style.alternative || m_rest[0] == '#';
    }
    std::int64_t width = number();
    if (width < 0) left = true, width = -width;
    std::int64_t precision = -1;
    if (!m_rest.empty() && m_rest[0] == '.') {
      take();
      precision = std::max<std::int64_t>(number(), 0);
    }
    if (!m_rest.empty() && std::string_view("hlL").find(m_rest[0]) != std::string_view::npos) take();
    style.type = take();
    if (style.type == '%') return m_out.add("%");
    if (!value) value = next();
    style.precision = static_cast<int>(std::min<std::int64_t>(precision, 1 << 20));
    write(*value, style, width, precision, left, zero);
  }

  void write(const Value& value, const NumberStyle& style, std::int64_t width, std::int64_t precision, bool left, bool zero) {
    WrittenNumber written;
    if (std::string_view("srac").find(style.type) != std::string_view::npos) {
      written.digits = text(value, style.type, precision);
      zero = false;
    } else if (std::string_view("diuxXo").find(style.type) != std::string_view::npos) {
      if (precision >= 0) refuse("it formats a whole number with places");
      written = writeInteger(whole(value, style.type), style);
    } else if (std::string_view("eEfFgG").find(style.type) != std::string_view::npos) {
      written = writeReal(real(value), style);
    } else {
      valueError(std::string("unsupported format character '") + style.type + "'");
    }
    const std::string head = written.sign + written.prefix;
    const std::int64_t missing = width - static_cast<std::int64_t>(countCharacters(written.digits) + head.size());
    const auto padding = static_cast<std::size_t>(std::max<std::int64_t>(missing, 0));
    if (!left && !zero) m_out.add(' ', padding);
    m_out.add(head);
    if (!left && zero) m_out.add('0', padding);
    m_out.add(written.digits);
    if (left) m_out.add(' ', padding);
  }

  std::string text(const Value& value, char type, std::int64_t precision) {
    if (type == 'a') refuse("it formats with %a");
    std::string shown;
    if (type == 'c') {
      const auto code = value.wholeNumber();
      if (!code && !(value.text() && value.text()->length == 1)) typeError("%c requires int or char");
      if (code && (*code < 0 || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000))) valueError("%c arg not in range(0x110000)");
      if (code)
        append(shown, static_cast<char32_t>(*code));
      else
        shown = value.text()->bytes;
    } else {
      shown = type == 'r' ? described(m_machine.heap(), value) : m_machine.printed(value);
      const bool safe = type == 's' && value.text() && value.text()->marked;
      if (m_format.marked && !safe) shown = escapeHtml(shown);
    }
    if (precision < 0 || static_cast<std::int64_t>(countCharacters(shown)) <= precision) return shown;
    return fromCodePoints(codePoints(shown).substr(0, static_cast<std::size_t>(precision)));
  }

  static Integer whole(const Value& value, char type) {
    if (value.undefined()) useOfUndefined(value);
    if (const auto number = value.wholeNumber()) return *number;
    if (value.real() && std::string_view("diu").find(type) != std::string_view::npos) return toInteger(*value.real());
    typeError(std::string("%") + type + " format: a number is required, not " + typeName(value));
  }

  static double real(const Value& value) {
    if (value.undefined()) useOfUndefined(value);
    if (const auto number = value.wholeNumber()) return toReal(*number);
    if (value.real()) return *value.real();
    typeError("must be real number, not " + typeName(value));
  }

  Machine& m_machine;
  const Text& m_format;
  const Value& m_arguments;
  TextBuilder m_out;
  std::string_view m_rest;
  std::size_t m_used = 0;
};

}  // namespace

Value percentFormat(Machine& machine, const Text& format, const Value& arguments) { return Percent(machine, format, arguments).run(); }

}  // namespace incipit::chat
