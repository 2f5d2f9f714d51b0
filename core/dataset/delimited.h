// CSV (RFC 4180) and tab-separated text as records of fields.
#pragma once

#include "core/dataset/table_builder.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct Record {
  std::vector<std::string> fields;
  std::string_view text;  // as it stands in the file, its line end included
  std::int64_t line = 0;  // on which it starts, from 1
};

// How the reading of records ended.
struct RecordsEnd {
  std::int64_t malformedLine = 0;  // 0: well-formed
  std::string malformed;           // what is wrong there, as the end of a sentence
  bool tooWide = false;            // it ended at a record of more than mostColumns values
  bool strayQuotes = false;        // a quote inside an unquoted field: taken literally, as most programs do
};

enum class Quotes {
  Rfc4180,   // a field may stand in quotes: delimiters and line breaks inside belong to it, "" is a quote
  Ordinary,  // a quote is a character like any other
};

// Gives one record after the other to `take`, until it returns false or one is malformed. Lines end in LF, CR LF or CR; empty lines are
// left out.
RecordsEnd readRecords(std::string_view text, char delimiter, Quotes quotes, const std::function<bool(Record&)>& take,
                       const Watch& watch = {});

// `from` as a table with columns, from a .csv or .tsv file. CSV: the delimiter is a comma, or a semicolon or tab where every record then
// has the same number of fields (spreadsheets write what the country uses). TSV: quotes are quotes when the whole file is well-formed that
// way, else ordinary characters, for both kinds are common. The first line names the columns, unless it looks like data: a cell that is a
// number, or that stands again further down in its column; the columns are then "column 1", "column 2" ...
Table tableOfDelimited(const TableText& from, bool tabs, const Watch& watch = {});

}  // namespace incipit
