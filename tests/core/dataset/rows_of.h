// All rows of a table, to be compared.
#pragma once

#include "core/dataset/table.h"

namespace incipit::test {

inline std::vector<std::vector<std::string>> rowsOf(const Table& table) {
  std::vector<std::vector<std::string>> rows;
  for (std::int64_t row = 0; !table.tokenised && row < table.size(); ++row)
    rows.push_back(table.row(row));
  return rows;
}

inline std::vector<TokenisedRow> tokenisedOf(const Table& table) {
  std::vector<TokenisedRow> rows;
  for (std::int64_t row = 0; table.tokenised && row < table.size(); ++row)
    rows.push_back(table.tokenisedRow(row));
  return rows;
}

inline std::vector<std::int64_t> linesOf(const Table& table) {
  std::vector<std::int64_t> lines;
  for (std::int64_t row = 0; row < table.size(); ++row)
    lines.push_back(table.line(row));
  return lines;
}

}  // namespace incipit::test
