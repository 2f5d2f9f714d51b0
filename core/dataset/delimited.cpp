#include "core/dataset/delimited.h"

#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace incipit {
namespace {

// One character after the other; the states are those of the grammar in RFC 4180, section 2.
class RecordParser {
 public:
  RecordParser(char delimiter, Quotes quotes, Records& into) : m_delimiter(delimiter), m_quotes(quotes), m_into(into) {}

  // False at a malformed record.
  bool take(char c) {
    if (m_afterReturn) {
      m_afterReturn = false;
      if (c == '\n') return true;  // the second half of CR LF
    }
    switch (m_state) {
    case State::FieldStart:
      if (c == '"' && m_quotes == Quotes::Rfc4180) {
        m_state = State::Quoted;
        m_quoteLine = m_line;
        m_quotedRecord = true;
        return true;
      }
      m_state = State::Unquoted;
      [[fallthrough]];
    case State::Unquoted:
      if (c == '"' && m_quotes == Quotes::Rfc4180) m_into.strayQuotes = true;
      plain(c);
      return true;
    case State::Quoted:
      if (c == '"') {
        m_state = State::QuoteInQuoted;
      } else {
        if (c == '\n') ++m_line;
        m_field += c;
      }
      return true;
    case State::QuoteInQuoted:
      if (c == '"') {
        m_field += '"';
        m_state = State::Quoted;
        return true;
      }
      if (c != m_delimiter && c != '\n' && c != '\r') {
        m_into.malformedLine = m_line;
        m_into.malformed = "text follows directly behind a closing quote";
        return false;
      }
      plain(c);
      return true;
    }
    return true;
  }

  void finish() {
    if (m_state == State::Quoted) {
      m_into.malformedLine = m_quoteLine;
      m_into.malformed = "a quote is opened and never closed";
      return;
    }
    if (m_state != State::FieldStart || !m_record.fields.empty()) endRecord();
  }

 private:
  enum class State { FieldStart, Unquoted, Quoted, QuoteInQuoted };

  void plain(char c) {
    if (c == m_delimiter) {
      endField();
    } else if (c == '\n' || c == '\r') {
      endRecord();
      ++m_line;
      m_record.line = m_line;
      m_afterReturn = c == '\r';
    } else {
      m_field += c;
    }
  }

  void endField() {
    m_record.fields.push_back(std::move(m_field));
    m_field.clear();
    m_state = State::FieldStart;
  }

  void endRecord() {
    endField();
    const bool emptyLine = m_record.fields.size() == 1 && m_record.fields[0].empty() && !m_quotedRecord;
    if (!emptyLine) m_into.items.push_back(std::move(m_record));
    m_record = {};
    m_quotedRecord = false;
  }

  char m_delimiter;
  Quotes m_quotes;
  Records& m_into;
  State m_state = State::FieldStart;
  std::string m_field;
  Record m_record{{}, 1};
  std::int64_t m_line = 1;
  std::int64_t m_quoteLine = 0;
  bool m_quotedRecord = false;  // an empty field in quotes is a value, an empty line is none
  bool m_afterReturn = false;
};

bool sameWidth(const std::vector<Record>& records) {
  return std::all_of(records.begin(), records.end(), [&](const Record& r) { return r.fields.size() == records[0].fields.size(); });
}

char delimiterOf(std::string_view text) {
  constexpr std::size_t enough = 50;
  for (const char candidate : {',', ';', '\t'}) {
    const Records records = parseRecords(text, candidate, Quotes::Rfc4180, enough);
    if (records.malformed.empty() && !records.items.empty() && records.items[0].fields.size() > 1 && sameWidth(records.items))
      return candidate;
  }
  return ',';
}

bool isNumber(std::string_view cell) {
  double value = 0;
  const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return !cell.empty() && result.ec == std::errc() && result.ptr == cell.data() + cell.size();
}

bool firstLineNamesColumns(const std::vector<Record>& records) {
  const std::vector<std::string>& first = records[0].fields;
  for (const std::string& cell : first)
    if (isColumnWord(cell)) return true;
  for (std::size_t column = 0; column < first.size(); ++column) {
    if (isNumber(first[column])) return false;
    if (first[column].empty()) continue;  // the index column of a data frame has no name
    for (std::size_t row = 1; row < records.size(); ++row)
      if (column < records[row].fields.size() && records[row].fields[column] == first[column]) return false;
  }
  return true;
}

std::vector<std::string> columnNames(const std::vector<std::string>& header) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < header.size(); ++i) {
    std::string name(trimmed(header[i]));
    if (name.empty()) name = numberedColumn(i);
    const std::string stem = name;
    for (int n = 2; !taken.insert(name).second; ++n)
      name = stem + " (" + std::to_string(n) + ")";
    names.push_back(name);
  }
  return names;
}

}  // namespace

Records parseRecords(std::string_view text, char delimiter, Quotes quotes, std::size_t most, const Watch& watch) {
  Records records;
  RecordParser parser(delimiter, quotes, records);
  constexpr std::size_t piece = 1U << 16U;
  for (std::size_t begin = 0; begin < text.size(); begin += piece) {
    watch.at(static_cast<double>(begin) / static_cast<double>(text.size()));
    for (const char c : text.substr(begin, piece)) {
      if (!parser.take(c)) return records;
      if (records.items.size() >= most) return records;
    }
  }
  parser.finish();
  return records;
}

Table tableOfDelimited(std::string_view text, bool tabs, const std::filesystem::path& file, const Watch& watch) {
  constexpr auto all = static_cast<std::size_t>(-1);
  Records records = parseRecords(text, tabs ? '\t' : delimiterOf(text), Quotes::Rfc4180, all, watch);
  if (tabs && (!records.malformed.empty() || records.strayQuotes || (!records.items.empty() && !sameWidth(records.items))))
    records = parseRecords(text, '\t', Quotes::Ordinary, all, watch);
  if (!records.malformed.empty())
    throw DataError("Line " + std::to_string(records.malformedLine) + " of '" + file.string() + "' is not CSV: " + records.malformed + ".",
                    "Write a quote inside a quoted value twice (\"\"), and close every quote.");

  Table table;
  table.file = file;
  if (records.items.empty()) return table;
  const bool header = firstLineNamesColumns(records.items);
  const std::size_t width = records.items[0].fields.size();
  table.columns = columnNames(header ? records.items[0].fields : std::vector<std::string>(width));
  table.rows.reserve(records.items.size());
  for (std::size_t i = header ? 1 : 0; i < records.items.size(); ++i) {
    Record& record = records.items[i];
    if (record.fields.size() != width)
      throw DataError("Line " + std::to_string(record.line) + " of '" + file.string() + "' has " + std::to_string(record.fields.size()) +
                          (record.fields.size() == 1 ? " value, " : " values, ") + "but the first line has " + std::to_string(width) + ".",
                      std::string("Put values that contain a ") + (tabs ? "tab" : "delimiter or a line break") +
                          " in double quotes, and give every row a value for every column.");
    table.rows.push_back(std::move(record.fields));
    table.lines.push_back(record.line);
  }
  return table;
}

}  // namespace incipit
