// CSV and TSV. The first byte chooses.
#include "core/dataset/delimited.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  if (input.empty()) return;
  const bool tabs = input.front() == 't';
  taken([&] {
    const Table table = tableOfDelimited({"table", input.substr(1), nullptr}, tabs);
    for (std::int64_t row = 0; row < table.size(); ++row) {
      require(table.line(row) > 0, "every row knows its line");
      require(table.row(row).size() == table.columns.size(), "every row has a value for every column");
    }
    for (const std::string& column : table.columns)
      require(&table.columns[static_cast<std::size_t>(table.column(column))] == &column, "columns have different names");
  });
}

}  // namespace incipit::fuzz
