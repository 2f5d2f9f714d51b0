// JSON Lines, and an array of objects.
#include "core/dataset/json_rows.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  taken([&] {
    const Table table = tableOfJson({"table.jsonl", input, nullptr});
    for (std::int64_t row = 0; row < table.size(); ++row) {
      require(table.line(row) > 0, "every row knows its line");
      if (table.tokenised)
        require(table.tokenisedRow(row).padding <= input.size(), "padding is part of the row");
      else
        require(table.row(row).size() == table.columns.size(), "every row has a value for every column");
    }
  });
}

}  // namespace incipit::fuzz
