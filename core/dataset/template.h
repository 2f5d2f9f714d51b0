// The template of a row: literal text and columns, and how the label is joined to it.
#pragma once

#include "core/dataset/examples.h"

#include <string>
#include <vector>

namespace incipit {

struct RowTemplate {
  struct Part {
    std::string literal;  // when `column` is -1
    int column = -1;
  };
  std::vector<Part> parts;  // in front of the label; no trailing space, it belongs to `joiner`
  int inputPart = -1;       // the part that may be shortened when a row is too long: the input column, else the last column; -1: none
  int labelColumn = -1;
  bool chat = false;   // the label stands in a turn of its own, and the text keeps its end
  std::string joiner;  // stands between text and label: a space, or nothing behind other white space

  // Parts [first, last) of a row as one text.
  std::string text(const std::vector<std::string>& row, std::size_t first, std::size_t last) const;
  std::string front(const std::vector<std::string>& row) const { return text(row, 0, parts.size()); }
};

// `settings` are completed ones. Throws DataError: a column that is not there, a brace that is not closed, a template that gives the
// label away.
RowTemplate parseTemplate(const DataSettings& settings, const Table& table);

// Row `row` of the table as these settings (completed ones) put it.
RowExample exampleOf(const Table& table, std::int64_t row, const DataSettings& settings);

// The word a label value stands for: the verbaliser's, or the value itself without surrounding white space.
std::string labelWord(const DataSettings& settings, std::string_view value);

}  // namespace incipit
