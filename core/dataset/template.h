// The template of a row: literal text and columns, and how the label is joined to it.
#pragma once

#include "core/dataset/examples.h"
#include "core/dataset/placement.h"

#include <string>
#include <vector>

namespace incipit {

struct RowTemplate {
  struct Part {
    std::string literal;  // when it is neither of the two
    int column = -1;
    std::int64_t rows = 0;  // a place of virtual tokens: how many
  };
  std::vector<Part> parts;  // in front of the label; no trailing space, it belongs to `joiner`
  int inputPart = -1;       // the part that may be shortened when a row is too long: the input column, else the last column; -1: none
  int labelColumn = -1;
  bool chat = false;               // the label stands in a turn of its own, and the text keeps its end
  bool chats = false;              // the input column holds whole chats, which need no template of ours
  std::string joiner;              // stands between text and label: a space, or nothing behind other white space
  PlacedText system;               // of a chat; empty without
  std::vector<std::string> notes;  // what should be said about it

  // Parts [first, last) of a row as one text.
  PlacedText text(const std::vector<std::string>& row, std::size_t first, std::size_t last) const;
  PlacedText front(const std::vector<std::string>& row) const { return text(row, 0, parts.size()); }
  // The places of the virtual tokens in the order of the text, without their positions; none: all stand in front.
  std::vector<std::int64_t> shares() const;
};

// `settings` are completed ones. Throws DataError: a column that is not there, a brace that is not closed, a template that gives the
// label away, places of virtual tokens that contradict each other.
RowTemplate parseTemplate(const DataSettings& settings, const Table& table);

// Throws PlanError where the places of these settings (completed ones) take more or fewer than a prompt's `rows`.
void checkPlaces(const DataSettings& settings, const Table& table, std::int64_t rows);

// Row `row` of the table as these settings (completed ones) put it.
RowExample exampleOf(const Table& table, std::int64_t row, const DataSettings& settings);

// Whether the rows of a column are whole chats (chat_format.h), as its first value that is not empty says.
bool holdsChats(const Table& table, const std::string& column);

// The word a label value stands for: the verbaliser's, or the value itself without surrounding white space.
std::string labelWord(const DataSettings& settings, std::string_view value);

}  // namespace incipit
