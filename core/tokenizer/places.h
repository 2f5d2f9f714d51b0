// Where the rows of a prompt stand among the tokens of a text, if not all in front of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace incipit {

inline constexpr std::int64_t allRows = -1;

struct Place {
  std::int64_t at = 0;          // in front of this token; as many as there are tokens: behind the last one
  std::int64_t rows = allRows;  // the next so many of the prompt's rows
  friend bool operator==(const Place&, const Place&) = default;
};
// In the order of the text, and the rows in theirs. None: all of them stand in front.
using Places = std::vector<Place>;

// Throws PlanError where the places take more or fewer rows than the prompt has. Without rows (the bare model) there are no places.
void checkShares(const Places& places, std::int64_t promptRows);
// What the model reads, row by row: i for token i, -1 - k for the prompt's row k. Throws as checkShares does.
std::vector<std::int64_t> interleaved(std::size_t tokens, const Places& places, std::int64_t promptRows);

}  // namespace incipit
