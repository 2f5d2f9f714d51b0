// Rows of JSON Lines that look like the first: flat, with the same keys in the same order. Such a row is checked as it stands, about ten
// times faster than it is taken apart; any other is left to the ordinary reader.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

class FlatRow {
 public:
  struct Cell {
    std::string_view text;  // as it stands in the file, without quotes
    bool asWritten = true;  // that is the value itself: no escapes, no number that is written in another way
    std::size_t bytes = 0;  // of the value
  };

  // Of a first row with these columns; nullopt where a key is written with escapes.
  static std::optional<FlatRow> like(std::string_view row, const std::vector<std::string>& columns);
  // Whether a row is such a one, and valid JSON in UTF-8 that is known to be valid.
  bool scan(std::string_view row);
  const std::vector<Cell>& cells() const { return m_cells; }

 private:
  std::vector<std::string> m_keys;  // with quotes
  std::vector<Cell> m_cells;
};

}  // namespace incipit
