// CSV (RFC 4180) and tab-separated text as records of fields.
#pragma once

#include "core/dataset/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct Record {
  std::vector<std::string> fields;
  std::int64_t line = 0;  // on which it starts, from 1
};

struct Records {
  std::vector<Record> items;
  std::int64_t malformedLine = 0;  // 0: well-formed
  std::string malformed;           // what is wrong there, as the end of a sentence
  bool strayQuotes = false;        // a quote inside an unquoted field: taken literally, as most programs do
};

enum class Quotes {
  Rfc4180,   // a field may stand in quotes: delimiters and line breaks inside belong to it, "" is a quote
  Ordinary,  // a quote is a character like any other
};

// Reads up to `most` records; ends at the first malformed one. Lines end in LF, CR LF or CR; empty lines are left out.
Records parseRecords(std::string_view text, char delimiter, Quotes quotes, std::size_t most = static_cast<std::size_t>(-1),
                     const Watch& watch = {});

// `text` as a table with columns, from a .csv or .tsv file. CSV: the delimiter is a comma, or a semicolon or tab where every record then
// has the same number of fields (spreadsheets write what the country uses). TSV: quotes are quotes when the whole file is well-formed that
// way, else ordinary characters, for both kinds are common. The first line names the columns, unless it looks like data: a cell that is a
// number, or that stands again further down in its column; the columns are then "column 1", "column 2" ...
Table tableOfDelimited(std::string_view text, bool tabs, const std::filesystem::path& file, const Watch& watch = {});

}  // namespace incipit
