// Filters that make a text of a text.
#include "core/chat/builtins.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"
#include "core/chat/text_tools.h"

#include <algorithm>

namespace incipit::chat {

namespace {

// soft_str: what is a text stays as it is, its mark included.
Value softText(Machine& machine, const Value& value) { return isText(value) ? value : machine.text(machine.printed(value)); }

template <std::string (*change)(std::string_view)>
Value changed(Machine& machine, Values& arguments) {
  const Value soft = softText(machine, arguments[0]);
  return machine.text(change(soft.text()->bytes), soft.text()->marked);
}

// The filter's own, not str.title: words begin after spaces and opening brackets only.
std::string titled(std::string_view text) {
  std::string out, word;
  const auto flush = [&] {
    if (word.empty()) return;
    const std::size_t first = characterBytes(word[0]);
    out += upper(word.substr(0, first)) + lower(word.substr(first));
    word.clear();
  };
  bool separators = false;
  for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at])) {
    const char32_t c = characterAt(text, at);
    const bool separator = c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || isSpace(c);
    if (separator != separators) flush();
    separators = separator;
    word += text.substr(at, characterBytes(text[at]));
  }
  flush();
  return out;
}

Value string(Machine& machine, Values& arguments) { return softText(machine, arguments[0]); }
Value safe(Machine& machine, Values& arguments) { return machine.text(machine.printed(arguments[0]), true); }
Value escape(Machine& machine, Values& arguments) { return escaped(machine, arguments[0]); }
Value forceEscape(Machine& machine, Values& arguments) { return machine.text(escapeHtml(machine.printed(arguments[0])), true); }

Value trim(Machine& machine, Values& arguments) {
  const Value soft = softText(machine, arguments[0]);
  return machine.text(stripped(soft.text()->bytes, arguments[1], Side::Both), soft.text()->marked);
}

Value replace(Machine& machine, Values& arguments) {
  const std::string text = machine.printed(arguments[0]), from = machine.printed(arguments[1]), to = machine.printed(arguments[2]);
  const bool all = arguments[3].missing() || arguments[3].none();
  return machine.text(replaced(machine, text, from, to, all ? Integer{-1} : wholeArgument(arguments[3], "replace")));
}

Value center(Machine& machine, Values& arguments) {
  const Value soft = softText(machine, arguments[0]);
  const Integer width = arguments[1].missing() ? Integer{80} : wholeArgument(arguments[1], "center");
  return machine.text(padded(machine, *soft.text(), width, ' ', Pad::Center), soft.text()->marked);
}

Value indent(Machine& machine, Values& arguments) {
  const Text& text = textArgument(arguments[0], "indent");
  std::string before;
  if (const Text* given = arguments[1].text()) {
    before = given->bytes;
    if (text.marked && !given->marked) refuse("it indents a text marked as HTML by a text");
  } else {
    const auto width = arguments[1].missing() ? 4 : clamped(wholeArgument(arguments[1], "indent"));
    TextBuilder spaces(machine.budget());
    spaces.add(' ', static_cast<std::size_t>(std::max<std::int64_t>(width, 0)));
    before = spaces.take();
  }
  const bool first = flagArgument(arguments[2], false), blank = flagArgument(arguments[3], false);
  TextBuilder out(machine.budget());
  if (first) out.add(before);
  bool begin = true;
  const std::string whole = text.bytes + "\n";
  for (const std::string_view line : lines(whole, false)) {
    if (!begin) {
      out.add("\n");
      if (blank || !line.empty()) out.add(before);
    }
    out.add(line);
    begin = false;
  }
  return machine.text(out.take(), text.marked);
}

Value truncate(Machine& machine, Values& arguments) {
  const Integer length = arguments[1].missing() ? Integer{255} : wholeArgument(arguments[1], "truncate");
  const std::string end = arguments[3].missing() ? "..." : textArgument(arguments[3], "truncate").bytes;
  const Integer leeway = arguments[4].missing() || arguments[4].none() ? Integer{5} : wholeArgument(arguments[4], "truncate");
  const auto endLength = static_cast<Integer>(countCharacters(end));
  if (length < endLength) valueError("truncate: expected length >= " + toText(endLength));
  if (leeway < 0) valueError("truncate: expected leeway >= 0");
  if (machine.length(arguments[0]) <= length + leeway) return arguments[0];
  const Text& text = textArgument(arguments[0], "truncate");
  if (text.marked) refuse("it truncates a text marked as HTML");
  const std::u32string letters = codePoints(text.bytes);
  std::string kept = fromCodePoints(std::u32string_view(letters).substr(0, static_cast<std::size_t>(length - endLength)));
  if (!flagArgument(arguments[2], false))
    if (const std::size_t space = kept.rfind(' '); space != std::string::npos) kept.resize(space);
  return machine.text(kept + end);
}

Value wordCount(Machine& machine, Values& arguments) {
  const Value soft = softText(machine, arguments[0]);
  Integer words = 0;
  bool inWord = false;
  for (const char32_t c : codePoints(soft.text()->bytes)) {
    const bool letter = c == '_' || isAlnum(c);
    words += letter && !inWord;
    inWord = letter;
  }
  return words;
}

Value format(Machine& machine, Arguments& arguments) {
  if (arguments.positional.empty()) typeError("format() misses its argument");
  const Value soft = softText(machine, arguments.positional[0]);
  Values rest(arguments.positional.begin() + 1, arguments.positional.end());
  if (arguments.named.empty()) return percentFormat(machine, *soft.text(), machine.heap().tuple(std::move(rest)));
  if (!rest.empty()) valueError("can't handle positional and keyword arguments at the same time");
  std::vector<Dict::Entry> entries;
  for (auto& [name, value] : arguments.named)
    entries.push_back({machine.text(name), value});
  return percentFormat(machine, *soft.text(), machine.heap().dict(std::move(entries)));
}

Value toJson(Machine& machine, Values& arguments) { return machine.text(jsonOf(machine, arguments)); }

Value urlEncode(Machine& machine, Values& arguments) {
  if (!isText(arguments[0]) && (arguments[0].undefined() || machine.tryIterate(arguments[0])))
    refuse("it makes a query of a list or dict (urlencode)");
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : machine.printed(arguments[0])) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) || std::string_view("_.-~/").find(c) != std::string_view::npos))
      out += c;
    else
      out += '%', out += hex[byte >> 4], out += hex[byte & 15];
  }
  return machine.text(std::move(out));
}

Value stripTags(Machine& machine, Values& arguments) { return machine.text(withoutTags(machine.printed(arguments[0]))); }

Value wordWrap(Machine& machine, Values& arguments) {
  for (std::size_t i = 2; i < arguments.size(); ++i)
    if (!arguments[i].missing()) refuse("it wraps lines in a way of its own (wordwrap with more than a width)");
  const Text& text = textArgument(arguments[0], "wordwrap");
  const Integer width = arguments[1].missing() ? Integer{79} : wholeArgument(arguments[1], "wordwrap");
  return machine.text(wrapped(text.bytes, width));
}

}  // namespace

const Table& textFilters() {
  static const Table table = {
      {"upper", "s", changed<upper>},
      {"lower", "s", changed<lower>},
      {"capitalize", "s", changed<capitalize>},
      {"title", "s", changed<titled>},
      {"string", "/ s", string},
      {"safe", "value", safe},
      {"e", "/ s", escape},
      {"escape", "/ s", escape},
      {"forceescape", "value", forceEscape},
      {"trim", "value chars?", trim},
      {"replace", "s old new count?", replace},
      {"center", "value width?", center},
      {"indent", "s width? first? blank?", indent},
      {"truncate", "s length? killwords? end? leeway?", truncate},
      {"wordcount", "s", wordCount},
      {"format", nullptr, nullptr, format},
      {"tojson", "x ensure_ascii? indent? separators? sort_keys?", toJson},
      {"urlencode", "value", urlEncode},
      {"striptags", "value", stripTags},
      {"wordwrap", "s width? break_long_words? wrapstring? break_on_hyphens?", wordWrap},
  };
  return table;
}

}  // namespace incipit::chat
