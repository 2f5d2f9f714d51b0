#include "core/tokenizer/text/pattern.h"

#include "core/support/error.h"
#include "core/tokenizer/station.h"
#include "core/tokenizer/text/effort.h"

namespace incipit {

Pattern::Pattern(const Station& station) {
  const Station pattern = station.child("pattern");
  if (pattern.has("String")) {
    m_text = pattern.text("String");
  } else if (pattern.has("Regex")) {
    try {
      m_regex.emplace(pattern.text("Regex"));
    } catch (const FormatError& error) {
      station.fail("cannot be used: " + error.problem());
    }
  } else {
    station.fail("needs a 'String' or a 'Regex' as its pattern.");
  }
}

std::vector<TextSpan> Pattern::matches(std::string_view text) const {
  if (m_regex) return m_regex->matches(text);
  std::vector<TextSpan> found;
  if (m_text.empty()) return found;
  for (std::size_t at = text.find(m_text); at != std::string_view::npos; at = text.find(m_text, at + m_text.size()))
    found.push_back({at, at + m_text.size()});
  return found;
}

std::string Pattern::replaced(const std::string& text, std::string_view content) const {
  const std::vector<TextSpan> found = matches(text);
  if (found.empty()) return text;
  std::size_t size = text.size() + found.size() * content.size();
  for (const TextSpan span : found)
    size -= span.end - span.begin;
  checkGrowth(text.size(), size);
  std::string result;
  result.reserve(size);
  std::size_t at = 0;
  for (TextSpan span : found) {
    result.append(text, at, span.begin - at);
    result += content;
    at = span.end;
  }
  return result.append(text, at);
}

}  // namespace incipit
