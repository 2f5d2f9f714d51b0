// JSON Lines, and an array of objects.
#include "core/dataset/json_rows.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  taken([&] {
    const Table table = tableOfJson(input, "table.jsonl");
    require(static_cast<std::int64_t>(table.lines.size()) == table.size(), "every row knows its line");
    for (const auto& row : table.rows)
      require(row.size() == table.columns.size(), "every row has a value for every column");
    for (const auto& row : table.tokenisedRows)
      require(row.padding <= input.size(), "padding is part of the row");
  });
}

}  // namespace incipit::fuzz
