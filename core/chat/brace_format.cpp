// 'text with {} and {name:>8}'.format(...), whose fields reach attributes and elements by the sandbox's rules.
#include "core/chat/builtins.h"
#include "core/chat/format_number.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <cctype>

namespace incipit::chat {

namespace {

struct FieldStyle : NumberStyle {
  std::string fill = " ";
  char align = 0;
  std::int64_t width = 0;
  bool zero = false;
};

FieldStyle styleOf(std::string_view text) {
  FieldStyle style;
  style.type = 0;
  const auto take = [&] {
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  };
  const auto isAlign = [](char c) { return c == '<' || c == '>' || c == '=' || c == '^'; };
  if (!text.empty()) {
    const std::size_t first = characterBytes(text[0]);
    if (text.size() > first && isAlign(text[first])) {
      style.fill = text.substr(0, first);
      text.remove_prefix(first);
    }
  }
  if (!text.empty() && isAlign(text[0])) style.align = take();
  if (!text.empty() && (text[0] == '+' || text[0] == '-' || text[0] == ' ')) {
    const char sign = take();
    style.plus = sign == '+', style.space = sign == ' ';
  }
  if (!text.empty() && text[0] == 'z') refuse("it formats with 'z'");
  if (!text.empty() && text[0] == '#') take(), style.alternative = true;
  if (!text.empty() && text[0] == '0') take(), style.zero = true;
  const auto number = [&] {
    std::int64_t value = 0;
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0])))
      value = std::min<std::int64_t>(value * 10 + (take() - '0'), std::int64_t{1} << 40);
    return value;
  };
  style.width = number();
  if (!text.empty() && (text[0] == ',' || text[0] == '_')) style.grouping = take();
  if (!text.empty() && text[0] == '.') {
    take();
    if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0]))) valueError("Format specifier missing precision");
    style.precision = static_cast<int>(std::min<std::int64_t>(number(), 1 << 20));
  }
  if (!text.empty()) style.type = take();
  if (!text.empty()) valueError("Invalid format specifier");
  return style;
}

class Brace {
 public:
  Brace(Machine& machine, const Arguments& arguments) : m_machine(machine), m_arguments(arguments) {}

  std::string run(std::string_view format, int levels) {
    if (levels < 0) valueError("Max string recursion exceeded");
    TextBuilder out(m_machine.budget());
    while (!format.empty()) {
      const std::size_t text = std::min(format.find_first_of("{}"), format.size());
      out.add(format.substr(0, text));
      format.remove_prefix(text);
      if (format.empty()) break;
      if (format.size() > 1 && format[0] == format[1]) {
        out.add(format.substr(0, 1));
        format.remove_prefix(2);
        continue;
      }
      if (format[0] == '}') valueError("Single '}' encountered in format string");
      const std::size_t end = fieldEnd(format);
      out.add(field(format.substr(1, end - 1), levels));
      format.remove_prefix(end + 1);
    }
    return out.take();
  }

 private:
  static std::size_t fieldEnd(std::string_view format) {
    int open = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '[' && open == 1 && format.find(']', i) != std::string_view::npos) i = format.find(']', i);
      if (format[i] == '{') ++open;
      if (format[i] == '}' && --open == 0) return i;
    }
    valueError("expected '}' before end of string");
  }

  std::string field(std::string_view text, int levels) {
    std::size_t end = 0;
    for (bool inIndex = false; end < text.size() && (inIndex || (text[end] != '!' && text[end] != ':')); ++end)
      inIndex = text[end] == '[' || (inIndex && text[end] != ']');
    Value value = reach(text.substr(0, end));
    text.remove_prefix(end);
    if (!text.empty() && text[0] == '!') {
      if (text.size() < 2 || (text.size() > 2 && text[2] != ':')) valueError("expected ':' after conversion specifier");
      const char conversion = text[1];
      if (conversion == 'a') refuse("it formats with !a");
      if (conversion != 'r' && conversion != 's') valueError("Unknown conversion specifier");
      value = m_machine.text(conversion == 'r' ? described(m_machine.heap(), value) : m_machine.printed(value));
      text.remove_prefix(2);
    }
    const std::string style = text.empty() ? std::string() : run(text.substr(1), levels - 1);
    return formatted(value, style);
  }

  Value argument(std::string_view name) {
    if (name.empty() || std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      if (!name.empty() && m_automatic.value_or(false))
        valueError("cannot switch from automatic field numbering to manual field specification");
      if (name.empty() && !m_automatic.value_or(true))
        valueError("cannot switch from manual field specification to automatic field numbering");
      m_automatic = name.empty();
      const Integer at = name.empty() ? static_cast<Integer>(m_next++) : integerFrom(name).value_or(-1);
      if (at < 0 || at >= static_cast<Integer>(m_arguments.positional.size()))
        valueError("Replacement index out of range for positional args tuple");
      return m_arguments.positional[static_cast<std::size_t>(at)];
    }
    for (const auto& [key, value] : m_arguments.named)
      if (key == name) return value;
    valueError("the format names '" + std::string(name) + "', which is not given");
  }

  Value reach(std::string_view path) {
    const std::size_t first = std::min(path.find_first_of(".["), path.size());
    Value value = argument(path.substr(0, first));
    path.remove_prefix(first);
    while (!path.empty()) {
      if (path[0] == '.') {
        const std::size_t end = std::min(path.find_first_of(".[", 1), path.size());
        value = m_machine.attribute(value, std::string(path.substr(1, end - 1)));
        path.remove_prefix(end);
      } else {
        const std::size_t end = path.find(']');
        if (path[0] != '[' || end == std::string_view::npos) valueError("Missing ']' in format string");
        const std::string_view key = path.substr(1, end - 1);
        const bool number = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
        value = m_machine.item(value, number ? Value(integerFrom(key).value_or(0)) : m_machine.text(std::string(key)));
        path.remove_prefix(end + 1);
      }
    }
    return value;
  }

  std::string formatted(const Value& value, const std::string& text) {
    if (text.empty()) return m_machine.printed(value);
    const FieldStyle style = styleOf(text);
    if (value.text()) return formattedText(*value.text(), style);
    if (value.undefined() || !(value.wholeNumber() || value.real()))
      typeError("unsupported format string passed to " + typeName(value) + ".__format__");
    return formattedNumber(value, style);
  }

  std::string formattedText(const Text& text, const FieldStyle& style) {
    if ((style.type != 0 && style.type != 's') || style.plus || style.space || style.alternative || style.grouping || style.align == '=')
      valueError("this format does not fit a text");
    std::string shown = text.bytes;
    if (style.precision >= 0 && static_cast<std::size_t>(style.precision) < text.length)
      shown = fromCodePoints(codePoints(shown).substr(0, static_cast<std::size_t>(style.precision)));
    FieldStyle padded = style;
    if (style.zero && style.align == 0) padded.fill = "0";
    return pad("", shown, padded, style.align == 0 ? '<' : style.align);
  }

  std::string formattedNumber(const Value& value, FieldStyle style) {
    const bool realType = style.type != 0 && std::string_view("eEfFgG%").find(style.type) != std::string_view::npos;
    WrittenNumber written;
    if (value.real() || realType) {
      if (style.type == 0 || style.type == 'n') refuse("it formats a float without saying how (f, e or g)");
      if (!realType) valueError(std::string("Unknown format code '") + style.type + "' for object of type 'float'");
      written = writeReal(value.real() ? *value.real() : toReal(*value.wholeNumber()), style);
    } else {
      if (style.type == 0) style.type = 'd';
      if (std::string_view("dxXob").find(style.type) == std::string_view::npos)
        refuse(std::string("it formats a whole number with '") + style.type + "'");
      if (style.precision >= 0) valueError("Precision not allowed in integer format specifier");
      written = writeInteger(*value.wholeNumber(), style);
    }
    if (style.zero && style.align == 0) {
      if (style.grouping) refuse("it fills a number with zeros between its groups of thousands");
      style.fill = "0";
      style.align = '=';
    }
    return pad(written.sign + written.prefix, written.digits, style, style.align == 0 ? '>' : style.align);
  }

  std::string pad(const std::string& head, const std::string& body, const FieldStyle& style, char align) {
    const std::int64_t missing = std::max<std::int64_t>(style.width - static_cast<std::int64_t>(head.size() + countCharacters(body)), 0);
    const std::int64_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    TextBuilder out(m_machine.budget());
    const auto fill = [&](std::int64_t times) {
      if (style.fill.size() == 1) return out.add(style.fill[0], static_cast<std::size_t>(times));
      for (; times > 0; --times)
        out.add(style.fill);
    };
    if (align == '=') out.add(head);
    fill(before);
    if (align != '=') out.add(head);
    out.add(body);
    fill(missing - before);
    return out.take();
  }

  Machine& m_machine;
  const Arguments& m_arguments;
  std::optional<bool> m_automatic;
  std::size_t m_next = 0;
};

}  // namespace

Value braceFormat(Machine& machine, const Text& format, const Arguments& arguments) {
  if (format.marked) refuse("it formats a text marked as HTML");
  return machine.text(Brace(machine, arguments).run(format.bytes, 2));
}

}  // namespace incipit::chat
