#include "core/tokenizer/places.h"

#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <string>

namespace incipit {

void checkShares(const Places& places, std::int64_t promptRows) {
  if (places.empty() || promptRows == 0) return;
  std::int64_t sum = 0;
  std::string shares;
  for (const Place& place : places) {
    const std::int64_t rows = place.rows == allRows ? promptRows : place.rows;
    sum += rows;
    shares += (shares.empty() ? "" : " + ") + std::to_string(rows);
  }
  if (sum == promptRows) return;
  throw PlanError("The template shares out " + (places.size() > 1 ? shares + " = " : std::string()) + counted(sum, "virtual token") +
                      ", and the prompt has " + std::to_string(promptRows) + ".",
                  "Let the shares add up to " + std::to_string(promptRows) + ", or use " + counted(sum, "virtual token") + ".");
}

std::vector<std::int64_t> interleaved(std::size_t tokens, const Places& places, std::int64_t promptRows) {
  checkShares(places, promptRows);
  std::vector<std::int64_t> sequence;
  sequence.reserve(tokens + static_cast<std::size_t>(promptRows));
  std::int64_t row = 0;
  const auto rowsOf = [&](std::int64_t count) {
    for (const std::int64_t end = std::min(row + count, promptRows); row < end; ++row)
      sequence.push_back(-1 - row);
  };
  if (places.empty()) rowsOf(promptRows);
  auto place = places.begin();
  for (std::size_t token = 0; token <= tokens; ++token) {
    for (; place != places.end() && place->at <= static_cast<std::int64_t>(token); ++place)
      rowsOf(place->rows == allRows ? promptRows : place->rows);
    if (token < tokens) sequence.push_back(static_cast<std::int64_t>(token));
  }
  return sequence;
}

}  // namespace incipit
