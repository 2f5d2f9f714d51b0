// Small words about columns and cells that the readers and the settings share.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// A classification when a label column with at most this many different values is chosen.
inline constexpr int mostClasses = 64;

inline std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

inline std::string lowered(std::string_view text) {
  std::string result(trimmed(text));
  for (char& c : result)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// The name of a column that has none, counted from 1 as a person does.
inline std::string numberedColumn(std::size_t index) { return "column " + std::to_string(index + 1); }
inline bool isNumberedColumn(std::string_view name) { return name.starts_with("column "); }

// Names under which published data sets keep the text and the answer, the likeliest first.
const std::vector<std::string>& inputWords();
const std::vector<std::string>& labelWords();
// Any of them, or "id", "idx", "title" ...: a cell that names a column rather than being one's value.
bool isColumnWord(std::string_view cell);

}  // namespace incipit
