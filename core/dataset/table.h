// A data file as rows of named columns: JSON Lines, CSV, TSV, plain text, or rows that are tokenised already.
#pragma once

#include "core/dataset/how_read.h"
#include "core/dataset/words.h"
#include "core/support/watch.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// JSON Lines with `input_ids` and `labels`: taken as they are, -100 = not scored. A single number, "label": 2, is a class.
struct TokenisedRow {
  std::vector<std::int32_t> inputIds;
  std::vector<std::int32_t> labels;
  std::size_t padding = 0;  // input_ids at the end that attention_mask took away
  bool pair = false;        // token_type_ids tell two texts apart
};

// What is to be known of a column without reading all rows again; counted while the file is read.
struct ColumnFacts {
  std::uint64_t bytes = 0;          // of all its values
  std::int64_t empty = 0;           // rows that have nothing in it but white space
  std::vector<std::string> values;  // the different ones in the order they come, where there are at most `mostClasses`
  bool many = false;                // there are more
  std::int64_t list = -1;           // the first row that holds a list; -1: none
};

// Where the rows are: in memory, or in the file, from which they are read when they are asked for. Shared and const, from any thread.
class RowStore {
 public:
  virtual ~RowStore() = default;
  virtual std::int64_t size() const = 0;
  virtual std::vector<std::string> values(std::int64_t row) const = 0;  // one a column, UTF-8
  virtual TokenisedRow tokenised(std::int64_t row) const = 0;
  virtual std::int64_t line(std::int64_t row) const = 0;
};

struct Table {
  std::filesystem::path file;
  std::vector<std::string> columns;  // plain text has the one column "text"
  std::vector<ColumnFacts> facts;    // one a column; none when `tokenised`
  bool tokenised = false;
  std::string fingerprint;  // of the file's bytes
  HowRead how;
  std::shared_ptr<const RowStore> store;  // null: no rows

  std::int64_t size() const { return store ? store->size() : 0; }
  // Throws FileError where the rows are read from the file and it has changed meanwhile.
  std::vector<std::string> row(std::int64_t index) const { return store->values(index); }
  TokenisedRow tokenisedRow(std::int64_t index) const { return store->tokenised(index); }
  std::int64_t line(std::int64_t index) const { return store->line(index); }  // of the file on which the row starts, for messages
  int column(std::string_view name) const;                                    // -1 when there is none
};

// A row of more is a mistake (a file whose lines are not rows), and nothing that a person could choose columns from.
inline constexpr std::size_t mostColumns = 100'000;
// Bytes of a file whose rows are kept in memory; of a larger one only where each row begins.
inline constexpr std::uint64_t mostHeldBytes = 16U << 20U;

// The kind of file is told by its name (.jsonl .ndjson .json .csv .tsv .txt, each with .gz or .zst behind it or not; else plain text) and
// its first line. CSV as in RFC 4180 (quotes, doubled quotes, line breaks inside quotes; a header line, or "column 1", "column 2" ... where
// the first line is data). Plain text: a row a non-empty line.
// Throws FileError, or DataError naming file and line: an empty file, a row that is no object, a row without a column the others have.
Table readTable(const std::filesystem::path& file, const Watch& watch = {}, std::uint64_t mostHeld = mostHeldBytes);

// Rows that are there already.
Table tableOfRows(std::filesystem::path file, std::vector<std::string> columns, std::vector<std::vector<std::string>> rows);
Table tableOfTokenised(std::filesystem::path file, std::vector<TokenisedRow> rows);

}  // namespace incipit
