#include "core/chat/text_tools.h"

#include "core/chat/builtins.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>

namespace incipit::chat {

std::string stripped(std::string_view text, const Value& letters, Side side) {
  if (letters.missing() || letters.none()) {
    if (side != Side::Right) text = stripLeft(text);
    if (side != Side::Left) text = stripRight(text);
    return std::string(text);
  }
  const std::u32string chosen = codePoints(textArgument(letters, "strip").bytes);
  std::u32string all = codePoints(text);
  std::u32string_view rest = all;
  const auto strip = [&](char32_t letter) { return chosen.find(letter) != std::u32string::npos; };
  while (side != Side::Right && !rest.empty() && strip(rest.front()))
    rest.remove_prefix(1);
  while (side != Side::Left && !rest.empty() && strip(rest.back()))
    rest.remove_suffix(1);
  return fromCodePoints(rest);
}

std::string replaced(Machine& machine, std::string_view text, std::string_view from, std::string_view to, Integer count) {
  TextBuilder out(machine.budget());
  Integer left = count < 0 ? static_cast<Integer>(text.size()) + 1 : count;
  if (from.empty()) {  // Python puts it before every letter and at the end
    for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at])) {
      if (left > 0) out.add(to), --left;
      out.add(text.substr(at, characterBytes(text[at])));
    }
    if (left > 0) out.add(to);
    return out.take();
  }
  std::size_t at = 0;
  for (std::size_t found; left > 0 && (found = text.find(from, at)) != std::string_view::npos; --left) {
    out.add(text.substr(at, found - at));
    out.add(to);
    at = found + from.size();
  }
  out.add(text.substr(at));
  return out.take();
}

std::string padded(Machine& machine, const Text& text, Integer width, char32_t fill, Pad side) {
  const std::int64_t missing = clamped(width - static_cast<Integer>(text.length));
  if (missing <= 0) return text.bytes;
  // Python's center gives the odd letter to the left where the width is odd.
  const std::int64_t left = side == Pad::Left ? missing : side == Pad::Right ? 0 : missing / 2 + (missing & clamped(width) & 1);
  TextBuilder out(machine.budget());
  std::string letter;
  append(letter, fill);
  const auto pad = [&](std::int64_t times) {
    if (letter.size() == 1) return out.add(letter[0], static_cast<std::size_t>(times));
    for (; times > 0; --times)
      out.add(letter);
  };
  pad(left);
  out.add(text.bytes);
  pad(missing - left);
  return out.take();
}

std::vector<std::string_view> lines(std::string_view text, bool keepEnds) {
  std::vector<std::string_view> found;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = characterAt(text, at);
    std::size_t next = at + characterBytes(text[at]);
    if (isLineBreak(c)) {
      if (c == '\r' && next < text.size() && text[next] == '\n') ++next;
      found.push_back(text.substr(start, (keepEnds ? next : at) - start));
      start = next;
    }
    at = next;
  }
  if (start < text.size()) found.push_back(text.substr(start));
  return found;
}

std::string withoutTags(std::string_view html) {
  std::string text;
  std::size_t at = 0;
  for (std::size_t open; (open = html.find('<', at)) != std::string_view::npos;) {
    const bool comment = html.substr(open, 4) == "<!--";
    const std::size_t close = comment ? html.find("-->", open + 4) : html.find('>', open + 1);
    if (close == std::string_view::npos) break;
    text += html.substr(at, open - at);
    at = close + (comment ? 3 : 1);
  }
  text += html.substr(at);
  if (text.find('&') != std::string::npos) refuse("it takes the tags out of a text with HTML entities (striptags)");
  std::string joined;
  for (std::string_view rest = strip(text); !rest.empty();) {
    std::size_t end = 0;
    while (end < rest.size() && !isSpace(characterAt(rest, end)))
      end += characterBytes(rest[end]);
    joined += (joined.empty() ? "" : " ") + std::string(rest.substr(0, end));
    rest = stripLeft(rest.substr(end));
  }
  return joined;
}

std::string wrapped(std::string_view text, Integer width) {
  std::string out;
  for (const std::string_view line : lines(text, false)) {
    if (!isAscii(line) || line.find_first_of("-\t\v\f") != std::string_view::npos || line.find("  ") != std::string_view::npos ||
        line != strip(line))
      refuse("it wraps a line with hyphens, letters beyond ASCII or spaces in a row (wordwrap)");
    std::string row;
    if (!out.empty()) out += '\n';
    for (std::string_view rest = line; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (static_cast<Integer>(word.size()) > width) refuse("it wraps a line within a word (wordwrap)");
      if (!row.empty() && static_cast<Integer>(row.size() + 1 + word.size()) > width) out += row + "\n", row.clear();
      row += (row.empty() ? "" : " ") + std::string(word);
    }
    out += row;
  }
  return out;
}

std::string jsonOf(Machine& machine, const Values& arguments) {
  JsonStyle style;
  style.ascii = flagArgument(arguments[1], false);
  const Value &indent = arguments[2], &separators = arguments[3];
  if (const Text* text = indent.text()) {
    style.indent = text->bytes;
  } else if (!indent.missing() && !indent.none()) {
    TextBuilder spaces(machine.budget());
    spaces.add(' ', static_cast<std::size_t>(std::max<std::int64_t>(clamped(wholeArgument(indent, "indent")), 0)));
    style.indent = spaces.take();
  }
  if (style.indent) style.itemSeparator = ",";
  if (!separators.missing() && !separators.none()) {
    const Values parts = machine.elements(separators);
    if (parts.size() != 2) valueError("tojson: separators are two texts");
    style.itemSeparator = textArgument(parts[0], "separators").bytes;
    style.keySeparator = textArgument(parts[1], "separators").bytes;
  }
  style.sortKeys = flagArgument(arguments[4], false);
  return jsonText(machine.heap(), arguments[0], style);
}

}  // namespace incipit::chat
