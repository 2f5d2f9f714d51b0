#include "core/chat/printing.h"

#include "core/chat/numbers.h"
#include "core/chat/object.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

namespace incipit::chat {

namespace {

void appendHex(std::string& out, char32_t number, int digits) {
  static constexpr char letters[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += letters[(number >> shift) & 15];
}

void appendEscaped(std::string& out, char32_t character) {
  if (character < 0x100)
    out += "\\x", appendHex(out, character, 2);
  else if (character < 0x10000)
    out += "\\u", appendHex(out, character, 4);
  else
    out += "\\U", appendHex(out, character, 8);
}

void describeItems(TextBuilder& out, const Values& items, int level) {
  const char* separator = "";
  for (const Value& item : items) {
    out.add(separator);
    describeTo(out, item, level + 1);
    separator = ", ";
  }
}

void describeDict(TextBuilder& out, const Dict& dict, int level) {
  out.add("{");
  const char* separator = "";
  for (const Dict::Entry& entry : dict.entries) {
    out.add(separator);
    describeTo(out, entry.key, level + 1);
    out.add(": ");
    describeTo(out, entry.value, level + 1);
    separator = ", ";
  }
  out.add("}");
}

void describeRange(TextBuilder& out, const Range& range) {
  out.add("range(" + toText(range.start) + ", " + toText(range.stop) + (range.step == 1 ? "" : ", " + toText(range.step)) + ")");
}

}  // namespace

std::string quoted(std::string_view text) {
  const char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at])) {
    const char32_t c = characterAt(text, at);
    if (c == static_cast<unsigned char>(quote) || c == '\\')
      out += '\\', out += static_cast<char>(c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if ((c >= ' ' && c < 0x7F) || (c >= 0x7F && isPrintable(c)))
      out += text.substr(at, characterBytes(text[at]));
    else
      appendEscaped(out, c);
  }
  return out + quote;
}

void printTo(TextBuilder& out, const Value& value) {
  if (const Text* text = value.text())
    out.add(text->bytes);
  else if (!value.undefined())
    describeTo(out, value);
}

void describeTo(TextBuilder& out, const Value& value, int level) {
  if (level > Limits::valueDepth) refuse("it prints lists that lie in one another too deeply");
  if (value.undefined()) return out.add("Undefined");
  if (value.none()) return out.add("None");
  if (const bool* flag = value.boolean()) return out.add(*flag ? "True" : "False");
  if (const Integer* number = value.integer()) return out.add(toText(*number));
  if (const double* number = value.real()) return out.add(toText(*number));
  if (const Text* text = value.text()) return out.add(text->marked ? "Markup(" + quoted(text->bytes) + ")" : quoted(text->bytes));
  if (const Dict* dict = value.dict()) return describeDict(out, *dict, level);
  if (const Range* range = value.range()) return describeRange(out, *range);
  if (const Object* object = value.object()) return object->describe(out, level);
  if (const List* list = value.list()) {
    out.add("[");
    describeItems(out, list->items, level);
    return out.add("]");
  }
  if (const Tuple* tuple = value.tuple()) {
    out.add("(");
    describeItems(out, tuple->items, level);
    out.add(tuple->items.size() == 1 ? ",)" : ")");
  }
}

std::string printed(const Heap& heap, const Value& value) {
  if (const Text* text = value.text()) return text->bytes;
  TextBuilder out(heap.budget());
  printTo(out, value);
  return out.take();
}

std::string described(const Heap& heap, const Value& value) {
  TextBuilder out(heap.budget());
  describeTo(out, value);
  return out.take();
}

}  // namespace incipit::chat
