// A data file as rows of named columns: JSON Lines, CSV, TSV, plain text, or rows that are tokenised already.
#pragma once

#include "core/support/watch.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct Table {
  std::filesystem::path file;
  std::vector<std::string> columns;            // plain text has the one column "text"
  std::vector<std::vector<std::string>> rows;  // rows[i][column], UTF-8; empty when `tokenised`
  std::vector<std::int64_t> lines;             // line of the file on which row i starts, for messages

  // JSON Lines with `input_ids` and `labels`: taken as they are, -100 = not scored. A single number, "label": 2, is a class.
  struct TokenisedRow {
    std::vector<std::int32_t> inputIds;
    std::vector<std::int32_t> labels;
    std::size_t padding = 0;  // input_ids at the end that attention_mask took away
    bool pair = false;        // token_type_ids tell two texts apart
  };
  bool tokenised = false;
  std::vector<TokenisedRow> tokenisedRows;

  std::string fingerprint;  // of the file's bytes
  std::string encoding;     // what it was read as: "UTF-8", "UTF-16" or "Windows-1252"

  std::int64_t size() const { return static_cast<std::int64_t>(tokenised ? tokenisedRows.size() : rows.size()); }
  int column(std::string_view name) const;  // -1 when there is none
};

// The kind of file is told by its name (.jsonl .ndjson .json .csv .tsv .txt, else plain text) and its first line. CSV as in RFC 4180
// (quotes, doubled quotes, line breaks inside quotes; a header line, or "column 1", "column 2" ... where the first line is data).
// Plain text: a row a non-empty line.
// Throws FileError, or DataError naming file and line: an empty file, a row that is no object, a row without a column the others have.
Table readTable(const std::filesystem::path& file, const Watch& watch = {});

}  // namespace incipit
