// Values as text: Python's str() and repr(), and json.dumps as transformers' `tojson` calls it.
#pragma once

#include "core/chat/value.h"

namespace incipit::chat {

void printTo(TextBuilder& out, const Value& value);                    // str()
void describeTo(TextBuilder& out, const Value& value, int level = 0);  // repr()
std::string printed(const Heap& heap, const Value& value);
std::string described(const Heap& heap, const Value& value);
// repr() of a text, without the mark of HTML.
std::string quoted(std::string_view text);

struct JsonStyle {
  bool ascii = false;                 // letters beyond ASCII as \u....
  std::optional<std::string> indent;  // one level's; nothing: all on one line
  std::string itemSeparator = ", ", keySeparator = ": ";
  bool sortKeys = false;
};
std::string jsonText(const Heap& heap, const Value& value, const JsonStyle& style);

}  // namespace incipit::chat
