// Text marked as HTML, and the escaping of what joins it.
#include "core/chat/builtins.h"

namespace incipit::chat {

std::string escapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&#34;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
    }
  return out;
}

Value escaped(Machine& machine, const Value& value) {
  if (const Text* text = value.text(); text && text->marked) return value;
  return machine.text(escapeHtml(machine.printed(value)), true);
}

}  // namespace incipit::chat
