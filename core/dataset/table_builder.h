// Takes a table's rows from its reader one by one: keeps them, or only where they stand, and counts what is to be known of the columns.
#pragma once

#include "core/dataset/data_file.h"
#include "core/dataset/table.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

// What a reader reads. With `data`, the rows stay in the file and are read again when they are asked for.
struct TableText {
  std::filesystem::path file;  // for messages
  std::string_view text;
  std::shared_ptr<const DataFile> data;
};

// From the text of a row, with whatever stands behind it up to the next one, to its values.
struct RowParser {
  std::function<std::vector<std::string>(std::string_view)> values;
  std::function<TokenisedRow(std::string_view)> tokenised;
};

class TableBuilder {
 public:
  explicit TableBuilder(const TableText& from);

  bool indexed() const { return m_from.data != nullptr; }
  const std::filesystem::path& file() const { return m_from.file; }
  std::int64_t size() const { return m_size; }
  const std::vector<std::string>& columns() const { return m_table.columns; }
  int column(std::string_view name) const { return m_table.column(name); }
  void nameColumns(std::vector<std::string> columns);
  std::int64_t firstLine() const { return m_firstLine; }

  // `text` begins where the row does; it lies in the text that is read. `lists`: its columns that hold lists.
  void add(std::vector<std::string> values, const std::vector<std::size_t>& lists, std::string_view text, std::int64_t line);
  void addTokenised(TokenisedRow row, std::string_view text, std::int64_t line);
  // For a row that is checked and not taken apart: its place, and then each column's value, or only how long that is.
  void addPlace(std::string_view text, std::int64_t line);
  bool few(std::size_t column) const { return !m_table.facts[column].many; }
  void note(std::size_t column, std::string_view value);
  void noteLength(std::size_t column, std::size_t bytes, bool empty);

  Table finish(RowParser parser);

 private:
  void place(std::string_view text, std::int64_t line);

  TableText m_from;
  Table m_table;
  std::int64_t m_size = 0, m_firstLine = 0;
  std::size_t m_forgotten = 0;  // bytes of the text whose memory is given back
  std::vector<std::vector<std::string>> m_rows;
  std::vector<TokenisedRow> m_tokenised;
  std::deque<std::uint64_t> m_begins;
  std::deque<std::uint32_t> m_lines;  // empty while each row stands on the line behind the one before
};

}  // namespace incipit
