// The methods of Python's str, and what markupsafe's Markup makes of them.
#include "core/chat/builtins.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"
#include "core/chat/text_tools.h"

#include <algorithm>

namespace incipit::chat {

namespace {

const Text& self(const Values& arguments) { return *arguments[0].text(); }
Value like(Machine& machine, const Text& original, std::string text) { return machine.text(std::move(text), original.marked); }

template <std::string (*change)(std::string_view)>
Value changed(Machine& machine, Values& arguments) {
  return like(machine, self(arguments), change(self(arguments).bytes));
}

template <Side side>
Value strip(Machine& machine, Values& arguments) {
  return like(machine, self(arguments), stripped(self(arguments).bytes, arguments[1], side));
}

template <Pad side>
Value pad(Machine& machine, Values& arguments) {
  char32_t fill = ' ';
  if (!arguments[2].missing()) {
    const Text& letter = textArgument(arguments[2], "fill character");
    if (letter.length != 1) typeError("The fill character must be exactly one character long");
    fill = characterAt(letter.bytes, 0);
  }
  return like(machine, self(arguments), padded(machine, self(arguments), wholeArgument(arguments[1], "width"), fill, side));
}

Value zeroFill(Machine& machine, Values& arguments) {
  const Text& text = self(arguments);
  const std::int64_t missing = clamped(wholeArgument(arguments[1], "zfill") - static_cast<Integer>(text.length));
  const std::size_t sign = !text.bytes.empty() && (text.bytes[0] == '-' || text.bytes[0] == '+') ? 1 : 0;
  TextBuilder out(machine.budget());
  out.add(std::string_view(text.bytes).substr(0, sign));
  if (missing > 0) out.add('0', static_cast<std::size_t>(missing));
  out.add(std::string_view(text.bytes).substr(sign));
  return like(machine, text, out.take());
}

// text[start:end] and where it begins, counted in letters; nothing where start lies behind the end.
struct Window {
  std::string text;
  Integer offset;
};

std::optional<Window> window(Machine& machine, const Values& arguments, std::size_t from) {
  const auto length = static_cast<Integer>(self(arguments).length);
  const auto bound = [&](const Value& value, Integer fallback) {
    if (value.missing() || value.none()) return fallback;
    const Integer at = wholeArgument(value, "slice indices");
    return at < 0 ? std::max(at + length, Integer{0}) : at;
  };
  const Integer start = bound(arguments[from], 0), end = std::min(bound(arguments[from + 1], length), length);
  if (start > length || start > end) return std::nullopt;
  return Window{machine.printed(machine.slice(arguments[0], start, end, {}, false)), start};
}

Integer found(Machine& machine, const Values& arguments, bool last) {
  const Text& part = textArgument(arguments[1], "must be str");
  const auto within = window(machine, arguments, 2);
  if (!within) return -1;
  machine.budget().work(within->text.size());
  const std::size_t at = last ? within->text.rfind(part.bytes) : within->text.find(part.bytes);
  return at == std::string::npos ? Integer{-1} : within->offset + static_cast<Integer>(countCharacters(within->text.substr(0, at)));
}

template <bool last, bool strict>
Value find(Machine& machine, Values& arguments) {
  const Integer at = found(machine, arguments, last);
  if (strict && at < 0) valueError("substring not found");
  return at;
}

Value count(Machine& machine, Values& arguments) {
  const Text& part = textArgument(arguments[1], "must be str");
  const auto within = window(machine, arguments, 2);
  if (!within) return Integer{0};
  machine.budget().work(within->text.size());
  if (part.bytes.empty()) return static_cast<Integer>(countCharacters(within->text)) + 1;
  Integer times = 0;
  for (std::size_t at = 0; (at = within->text.find(part.bytes, at)) != std::string::npos; at += part.bytes.size())
    ++times;
  return times;
}

template <bool atEnd>
Value affix(Machine& machine, Values& arguments) {
  const auto within = window(machine, arguments, 2);
  const auto fits = [&](const Value& value) {
    const std::string& part = textArgument(value, "startswith first arg").bytes;
    if (!within || part.size() > within->text.size()) return false;
    return within->text.compare(atEnd ? within->text.size() - part.size() : 0, part.size(), part) == 0;
  };
  const Tuple* choices = arguments[1].tuple();
  if (!choices) return fits(arguments[1]);
  return std::any_of(choices->items.begin(), choices->items.end(), fits);
}

template <bool atEnd>
Value withoutAffix(Machine& machine, Values& arguments) {
  const std::string &text = self(arguments).bytes, &part = textArgument(arguments[1], "must be str").bytes;
  const bool there = part.size() <= text.size() && text.compare(atEnd ? text.size() - part.size() : 0, part.size(), part) == 0;
  if (!there) return like(machine, self(arguments), text);
  return like(machine, self(arguments), atEnd ? text.substr(0, text.size() - part.size()) : text.substr(part.size()));
}

Value replace(Machine& machine, Values& arguments) {
  const Text& text = self(arguments);
  const Text& from = textArgument(arguments[1], "replace() argument 1");
  const Value to = text.marked ? escaped(machine, arguments[2]) : arguments[2];
  const Integer times = arguments[3].missing() ? Integer{-1} : wholeArgument(arguments[3], "replace() argument 3");
  return like(machine, text, replaced(machine, text.bytes, from.bytes, textArgument(to, "replace() argument 2").bytes, times));
}

Value join(Machine& machine, Values& arguments) {
  const Text& between = self(arguments);
  TextBuilder out(machine.budget());
  bool first = true;
  for (Value& item : machine.elements(arguments[1])) {
    if (between.marked) item = escaped(machine, item);
    if (!item.text()) typeError("sequence item: expected str instance, " + typeName(item) + " found");
    if (!first) out.add(between.bytes);
    out.add(item.text()->bytes);
    first = false;
  }
  return like(machine, between, out.take());
}

// The pieces between separators; at most `most` cuts where it is not negative, counted from the end where `fromEnd`.
std::vector<std::string_view> cut(std::string_view text, std::string_view separator, Integer most, bool fromEnd) {
  std::vector<std::string_view> pieces;
  while (most != 0) {
    const std::size_t at = fromEnd ? text.rfind(separator) : text.find(separator);
    if (at == std::string_view::npos) break;
    pieces.push_back(fromEnd ? text.substr(at + separator.size()) : text.substr(0, at));
    text = fromEnd ? text.substr(0, at) : text.substr(at + separator.size());
    --most;
  }
  pieces.push_back(text);
  if (fromEnd) std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

std::size_t lastLetter(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
    --at;
  return at;
}

std::vector<std::string_view> cutAtSpaces(std::string_view text, Integer most, bool fromEnd) {
  std::vector<std::string_view> pieces;
  text = fromEnd ? stripRight(text) : stripLeft(text);
  while (!text.empty()) {
    std::size_t at = fromEnd ? text.size() : 0;
    if (most == 0) {
      pieces.push_back(text);  // spaces at its other end stay
      break;
    }
    if (fromEnd) {
      while (at > 0 && !isSpace(characterAt(text, lastLetter(text.substr(0, at)))))
        at = lastLetter(text.substr(0, at));
      pieces.push_back(text.substr(at));
      text = stripRight(text.substr(0, at));
    } else {
      while (at < text.size() && !isSpace(characterAt(text, at)))
        at += characterBytes(text[at]);
      pieces.push_back(text.substr(0, at));
      text = stripLeft(text.substr(at));
    }
    --most;
  }
  if (fromEnd) std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

Value listOf(Machine& machine, const Text& original, const std::vector<std::string_view>& pieces) {
  Values values;
  values.reserve(pieces.size());
  for (const std::string_view piece : pieces)
    values.push_back(like(machine, original, std::string(piece)));
  return machine.heap().list(std::move(values));
}

template <bool fromEnd>
Value split(Machine& machine, Values& arguments) {
  const Text& text = self(arguments);
  machine.budget().work(text.bytes.size());
  const Integer most = arguments[2].missing() ? Integer{-1} : wholeArgument(arguments[2], "maxsplit");
  if (arguments[1].missing() || arguments[1].none()) return listOf(machine, text, cutAtSpaces(text.bytes, most, fromEnd));
  const Text& separator = textArgument(arguments[1], "must be str or None");
  if (separator.bytes.empty()) valueError("empty separator");
  return listOf(machine, text, cut(text.bytes, separator.bytes, most, fromEnd));
}

Value splitLines(Machine& machine, Values& arguments) {
  return listOf(machine, self(arguments), lines(self(arguments).bytes, flagArgument(arguments[1], false)));
}

template <bool fromEnd>
Value partition(Machine& machine, Values& arguments) {
  const Text& text = self(arguments);
  const Text& separator = textArgument(arguments[1], "must be str");
  if (separator.bytes.empty()) valueError("empty separator");
  const auto pieces = cut(text.bytes, separator.bytes, 1, fromEnd);
  const Value empty = like(machine, text, "");
  if (pieces.size() == 1)
    return fromEnd ? machine.heap().tuple({empty, empty, arguments[0]}) : machine.heap().tuple({arguments[0], empty, empty});
  return machine.heap().tuple(
      {like(machine, text, std::string(pieces[0])), like(machine, text, separator.bytes), like(machine, text, std::string(pieces[1]))});
}

Value expandTabs(Machine& machine, Values& arguments) {
  const Integer given = arguments[1].missing() ? Integer{8} : wholeArgument(arguments[1], "expandtabs");
  if (given > 0x7FFFFFFF) valueError("Python int too large to convert to C int");
  const auto size = static_cast<std::size_t>(std::max<Integer>(given, 0));
  TextBuilder out(machine.budget());
  std::size_t column = 0;
  const std::string& text = self(arguments).bytes;
  for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at])) {
    if (text[at] == '\t') {
      const std::size_t spaces = size > 0 ? size - column % size : 0;
      out.add(' ', spaces);
      column += spaces;
      continue;
    }
    out.add(std::string_view(text).substr(at, characterBytes(text[at])));
    column = text[at] == '\n' || text[at] == '\r' ? 0 : column + 1;
  }
  return like(machine, self(arguments), out.take());
}

template <bool (*kind)(char32_t)>
Value all(Machine&, Values& arguments) {
  const std::u32string letters = codePoints(self(arguments).bytes);
  return !letters.empty() && std::all_of(letters.begin(), letters.end(), kind);
}
Value allAscii(Machine&, Values& arguments) { return self(arguments).ascii; }
Value allPrintable(Machine&, Values& arguments) {
  const std::u32string letters = codePoints(self(arguments).bytes);
  return std::all_of(letters.begin(), letters.end(), isPrintable);
}
Value isName(Machine&, Values& arguments) { return isIdentifier(self(arguments).bytes); }
Value isLowerText(Machine& machine, Values& arguments) { return runBuiltin(machine, testNamed("lower"), {{arguments[0]}, {}}); }
Value isUpperText(Machine& machine, Values& arguments) { return runBuiltin(machine, testNamed("upper"), {{arguments[0]}, {}}); }

Value format(Machine& machine, Arguments& arguments) {
  const Value text = arguments.positional[0];
  arguments.positional.erase(arguments.positional.begin());
  return braceFormat(machine, *text.text(), arguments);
}

Value formatMap(Machine& machine, Values& arguments) {
  const Dict* dict = arguments[1].dict();
  if (!dict) typeError("format_map() takes a mapping");
  Arguments named;
  for (const Dict::Entry& entry : dict->entries)
    if (entry.key.text()) named.named.emplace_back(entry.key.text()->bytes, entry.value);
  return braceFormat(machine, self(arguments), named);
}

Value stripTags(Machine& machine, Values& arguments) { return machine.text(withoutTags(self(arguments).bytes)); }

}  // namespace

const Table& textMethods() {
  static const Table table = {
      {"capitalize", "/ self", changed<capitalize>},
      {"casefold", "/ self", changed<caseFold>},
      {"lower", "/ self", changed<lower>},
      {"swapcase", "/ self", changed<swapCase>},
      {"title", "/ self", changed<title>},
      {"upper", "/ self", changed<upper>},
      {"strip", "/ self chars?", strip<Side::Both>},
      {"lstrip", "/ self chars?", strip<Side::Left>},
      {"rstrip", "/ self chars?", strip<Side::Right>},
      {"center", "/ self width fillchar?", pad<Pad::Center>},
      {"ljust", "/ self width fillchar?", pad<Pad::Right>},
      {"rjust", "/ self width fillchar?", pad<Pad::Left>},
      {"zfill", "/ self width", zeroFill},
      {"count", "/ self sub start? end?", count},
      {"find", "/ self sub start? end?", find<false, false>},
      {"rfind", "/ self sub start? end?", find<true, false>},
      {"index", "/ self sub start? end?", find<false, true>},
      {"rindex", "/ self sub start? end?", find<true, true>},
      {"startswith", "/ self prefix start? end?", affix<false>},
      {"endswith", "/ self suffix start? end?", affix<true>},
      {"removeprefix", "/ self prefix", withoutAffix<false>},
      {"removesuffix", "/ self suffix", withoutAffix<true>},
      {"replace", "/ self old new count?", replace},
      {"join", "/ self iterable", join},
      {"split", "self sep? maxsplit?", split<false>},
      {"rsplit", "self sep? maxsplit?", split<true>},
      {"splitlines", "self keepends?", splitLines},
      {"partition", "/ self sep", partition<false>},
      {"rpartition", "/ self sep", partition<true>},
      {"expandtabs", "self tabsize?", expandTabs},
      {"isalnum", "/ self", all<isAlnum>},
      {"isalpha", "/ self", all<isAlpha>},
      {"isascii", "/ self", allAscii},
      {"isdecimal", "/ self", all<isDecimal>},
      {"isdigit", "/ self", all<isDigit>},
      {"isidentifier", "/ self", isName},
      {"islower", "/ self", isLowerText},
      {"isprintable", "/ self", allPrintable},
      {"isspace", "/ self", all<isSpace>},
      {"isupper", "/ self", isUpperText},
      {"format", nullptr, nullptr, format},
      {"format_map", "/ self mapping", formatMap},
  };
  return table;
}

const Table& markupMethods() {
  static const Table table = {{"striptags", "self", stripTags}};
  return table;
}

}  // namespace incipit::chat
