// The report on the data: what a person should know of the rows before a prompt learns from them, each a sentence with the rows it is
// about.
#pragma once

#include "core/dataset/examples.h"
#include "core/support/watch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

// Rows that a sentence is about, by their number in the table. Of very many, the first ones.
struct FoundRows {
  std::int64_t count = 0;
  std::vector<std::int64_t> rows;
  bool validation = false;  // of the validation file

  void add(std::int64_t row);
};

struct Finding {
  std::string name;  // "cut", "exact_duplicates" ...
  std::string sentence;
  bool warning = false;  // something to mend, else something to know
  FoundRows rows;
  std::string about = {};  // a column or a label, where it is about one
};

// Tokens of the examples as long as they would like to be, those that had no room included.
struct LengthReport {
  std::int64_t room = 0;                                         // that an example may have, the virtual tokens not counted
  std::int64_t shortest = 0, median = 0, most = 0, longest = 0;  // most: 95 of 100 have no more
  double mean = 0;
  std::int64_t binWidth = 1;
  std::vector<std::int64_t> bins;  // how many examples have [i * binWidth, (i + 1) * binWidth) tokens
};

struct ClassReport {
  std::string label;  // its word
  std::int64_t training = 0, validation = 0;
  std::vector<TokenId> tokens;
  std::vector<std::string> suggestions;  // words of one token, where its own has several
};

struct DataReport {
  std::int64_t rows = 0, validationRows = 0;  // of the files
  std::int64_t examples = 0, validationExamples = 0;
  LengthReport lengths;
  std::vector<ClassReport> classes;
  std::int64_t compared = 0;  // rows that were looked through for near duplicates
  std::vector<Finding> findings;

  const Finding* find(std::string_view name) const;  // null: there is none
};

// What is reported on. `validationTable` is null where the validation rows are held out of the same file; `tokenizer` may be null.
struct ReportedData {
  const Table& table;
  const Examples& training;
  const Table* validationTable = nullptr;
  const Examples* validation = nullptr;
  const Tokenizer* tokenizer = nullptr;
};
DataReport reportOn(const ReportedData& data, const Watch& watch = {});

}  // namespace incipit
