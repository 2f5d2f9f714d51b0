// Rows whose texts stand in the data more than once, word for word, whatever their number: a few bytes a row.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace incipit {

class RepeatedTexts {
 public:
  explicit RepeatedTexts(std::int64_t texts = 0) { m_seen.reserve(static_cast<std::size_t>(texts)); }  // as many will come
  void add(std::string_view text, std::string_view label, bool validation, std::int64_t row);

  struct Found {
    std::vector<std::int64_t> copies;         // training rows whose text an earlier one has
    std::vector<std::int64_t> contradictory;  // training rows whose text stands with another label elsewhere
    std::int64_t contradictions = 0;          // texts of which that is true
    std::vector<std::int64_t> overlap;        // validation rows whose text a training row has
  };
  // Rows in their order. Uses up what was added.
  Found find();

 private:
  struct Seen {
    std::uint64_t text;
    std::uint32_t label;
    std::uint32_t place;  // the row, and whether it is a validation row in the last bit
  };
  std::vector<Seen> m_seen;
};

}  // namespace incipit
