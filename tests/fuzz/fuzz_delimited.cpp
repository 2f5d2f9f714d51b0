// CSV and TSV. The first byte chooses.
#include "core/dataset/delimited.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  if (input.empty()) return;
  const bool tabs = input.front() == 't';
  taken([&] {
    const Table table = tableOfDelimited(input.substr(1), tabs, "table");
    require(table.lines.size() == table.rows.size(), "every row knows its line");
    for (const auto& row : table.rows)
      require(row.size() == table.columns.size(), "every row has a value for every column");
    for (const std::string& column : table.columns)
      require(&table.columns[static_cast<std::size_t>(table.column(column))] == &column, "columns have different names");
  });
}

}  // namespace incipit::fuzz
