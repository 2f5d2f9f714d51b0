#include "core/dataset/table_builder.h"

#include "core/dataset/words.h"

#include <algorithm>
#include <utility>

namespace incipit {
namespace {

constexpr std::size_t readAndForgotten = 8U << 20U;  // bytes of a mapped file that are in memory at a time

using Lines = std::deque<std::uint32_t>;
std::int64_t lineOf(const Lines& lines, std::int64_t firstLine, std::int64_t row) {
  return lines.empty() ? firstLine + row : lines[static_cast<std::size_t>(row)];
}

class HeldRows : public RowStore {
 public:
  HeldRows(std::vector<std::vector<std::string>> rows, std::vector<TokenisedRow> tokenised, Lines lines, std::int64_t firstLine)
      : m_rows(std::move(rows)), m_tokenised(std::move(tokenised)), m_lines(std::move(lines)), m_firstLine(firstLine) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(std::max(m_rows.size(), m_tokenised.size())); }
  std::vector<std::string> values(std::int64_t row) const override { return m_rows.at(static_cast<std::size_t>(row)); }
  TokenisedRow tokenised(std::int64_t row) const override { return m_tokenised.at(static_cast<std::size_t>(row)); }
  std::int64_t line(std::int64_t row) const override { return lineOf(m_lines, m_firstLine, row); }

 private:
  std::vector<std::vector<std::string>> m_rows;
  std::vector<TokenisedRow> m_tokenised;
  Lines m_lines;
  std::int64_t m_firstLine;
};

class IndexedRows : public RowStore {
 public:
  IndexedRows(std::shared_ptr<const DataFile> data, std::deque<std::uint64_t> begins, Lines lines, std::int64_t firstLine, RowParser parser)
      : m_data(std::move(data)), m_begins(std::move(begins)), m_lines(std::move(lines)), m_firstLine(firstLine),
        m_parser(std::move(parser)) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(m_begins.size()); }
  std::vector<std::string> values(std::int64_t row) const override { return m_parser.values(textOf(row)); }
  TokenisedRow tokenised(std::int64_t row) const override { return m_parser.tokenised(textOf(row)); }
  std::int64_t line(std::int64_t row) const override { return lineOf(m_lines, m_firstLine, row); }

 private:
  std::string textOf(std::int64_t row) const {
    const auto at = static_cast<std::size_t>(row);
    const std::uint64_t begin = m_begins.at(at), end = at + 1 < m_begins.size() ? m_begins[at + 1] : m_data->text().size();
    return m_data->copy(begin, end - begin);
  }

  std::shared_ptr<const DataFile> m_data;
  std::deque<std::uint64_t> m_begins;
  Lines m_lines;
  std::int64_t m_firstLine;
  RowParser m_parser;
};

}  // namespace

TableBuilder::TableBuilder(const TableText& from) : m_from(from) { m_table.file = from.file; }

void TableBuilder::nameColumns(std::vector<std::string> columns) {
  m_table.columns = std::move(columns);
  m_table.facts.assign(m_table.columns.size(), {});
}

void TableBuilder::note(std::size_t column, std::string_view value) {
  noteLength(column, value.size(), trimmed(value).empty());
  ColumnFacts& facts = m_table.facts[column];
  if (facts.many || std::ranges::find(facts.values, value) != facts.values.end()) return;
  facts.many = facts.values.size() == static_cast<std::size_t>(mostClasses);
  if (facts.many)
    std::vector<std::string>().swap(facts.values);
  else
    facts.values.emplace_back(value);
}

void TableBuilder::noteLength(std::size_t column, std::size_t bytes, bool empty) {
  m_table.facts[column].bytes += bytes;
  m_table.facts[column].empty += empty ? 1 : 0;
}

void TableBuilder::place(std::string_view text, std::int64_t line) {
  if (m_size == 0) m_firstLine = line;
  if (m_lines.empty() && line != m_firstLine + m_size)
    for (std::int64_t row = 0; row < m_size; ++row)
      m_lines.push_back(static_cast<std::uint32_t>(m_firstLine + row));
  if (!m_lines.empty() || line != m_firstLine + m_size) m_lines.push_back(static_cast<std::uint32_t>(line));
  ++m_size;
  if (!indexed()) return;
  const auto begin = static_cast<std::size_t>(text.data() - m_from.text.data());
  m_begins.push_back(begin);
  if (begin < m_forgotten + readAndForgotten) return;
  m_from.data->forget(m_from.text.substr(m_forgotten, begin - m_forgotten));
  m_forgotten = begin;
}

void TableBuilder::add(std::vector<std::string> values, const std::vector<std::size_t>& lists, std::string_view text, std::int64_t line) {
  for (std::size_t column = 0; column < values.size(); ++column)
    note(column, values[column]);
  for (const std::size_t column : lists)
    if (m_table.facts[column].list < 0) m_table.facts[column].list = m_size;
  place(text, line);
  if (!indexed()) m_rows.push_back(std::move(values));
}

void TableBuilder::addTokenised(TokenisedRow row, std::string_view text, std::int64_t line) {
  m_table.tokenised = true;
  place(text, line);
  if (!indexed()) m_tokenised.push_back(std::move(row));
}

void TableBuilder::addPlace(std::string_view text, std::int64_t line) { place(text, line); }

Table TableBuilder::finish(RowParser parser) {
  if (m_table.tokenised) {
    m_table.columns = {"input_ids", "labels"};
    m_table.facts.clear();
  }
  if (m_size == 0) return std::move(m_table);
  if (indexed()) m_from.data->forget(m_from.text);
  if (indexed())
    m_table.store =
        std::make_shared<const IndexedRows>(m_from.data, std::move(m_begins), std::move(m_lines), m_firstLine, std::move(parser));
  else
    m_table.store = std::make_shared<const HeldRows>(std::move(m_rows), std::move(m_tokenised), std::move(m_lines), m_firstLine);
  return std::move(m_table);
}

Table tableOfRows(std::filesystem::path file, std::vector<std::string> columns, std::vector<std::vector<std::string>> rows) {
  TableBuilder builder({std::move(file), {}, nullptr});
  builder.nameColumns(std::move(columns));
  std::int64_t line = 1;
  for (std::vector<std::string>& row : rows)
    builder.add(std::move(row), {}, {}, ++line);  // the columns' names stand on the first
  return builder.finish({});
}

Table tableOfTokenised(std::filesystem::path file, std::vector<TokenisedRow> rows) {
  TableBuilder builder({std::move(file), {}, nullptr});
  std::int64_t line = 0;
  for (TokenisedRow& row : rows)
    builder.addTokenised(std::move(row), {}, ++line);
  return builder.finish({});
}

}  // namespace incipit
