#include "core/dataset/delimited.h"

#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace incipit {
namespace {

// One character after the other; the states are those of the grammar in RFC 4180, section 2.
class RecordReader {
 public:
  RecordReader(std::string_view text, char delimiter, Quotes quotes) : m_text(text), m_delimiter(delimiter), m_quotes(quotes) {
    m_special['\n'] = m_special['\r'] = m_special['"'] = m_special[static_cast<unsigned char>(delimiter)] = true;
  }

  // Until `take(record)` returns false, or a record is malformed.
  template <class Take>
  RecordsEnd read(const Take& take, const Watch& watch) {
    std::size_t told = 0;
    while (m_at < m_text.size()) {
      if (m_at >= told) {
        watch.at(static_cast<double>(m_at) / static_cast<double>(m_text.size()));
        told = m_at + (1U << 16U);
      }
      if (!step()) return m_end;
      if (std::exchange(m_whole, false) && !hand(take)) return m_end;
    }
    if (m_state == State::Quoted) {
      m_end.malformedLine = m_quoteLine;
      m_end.malformed = "a quote is opened and never closed";
    } else if (m_state != State::FieldStart || !m_record.fields.empty()) {
      endField();
      hand(take);
    }
    return m_end;
  }

 private:
  enum class State { FieldStart, Unquoted, Quoted, QuoteInQuoted };

  // One character, or as many as mean nothing. False at a malformed record.
  bool step() {
    const char c = m_text[m_at];
    const bool plainState = m_state == State::Unquoted || m_state == State::Quoted;
    if (plainState && !m_special[static_cast<unsigned char>(c)]) {
      std::size_t end = m_at + 1;
      while (end < m_text.size() && !m_special[static_cast<unsigned char>(m_text[end])])
        ++end;
      m_field.append(m_text, m_at, end - m_at);
      m_at = end;
      m_afterReturn = false;
      return true;
    }
    ++m_at;
    if (std::exchange(m_afterReturn, false) && c == '\n') {  // the second half of CR LF
      m_begin = m_at;
      return true;
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
      if (c == '"' && m_quotes == Quotes::Rfc4180) m_end.strayQuotes = true;
      return plain(c);
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
      if (c == m_delimiter || c == '\n' || c == '\r') return plain(c);
      m_end.malformedLine = m_line;
      m_end.malformed = "text follows directly behind a closing quote";
      return false;
    }
    return true;
  }

  bool plain(char c) {
    if (c == m_delimiter) {
      if (m_record.fields.size() + 1 >= mostColumns) return tooWide();
      endField();
    } else if (c == '\n' || c == '\r') {
      endField();
      m_whole = true;
      m_afterReturn = c == '\r';
    } else {
      m_field += c;
    }
    return true;
  }

  // A record that is too wide ends the reading as a malformed one does.
  bool tooWide() {
    m_end.malformedLine = m_record.line;
    m_end.malformed = "it has more than " + std::to_string(mostColumns) + " values";
    m_end.tooWide = true;
    return false;
  }

  void endField() {
    m_record.fields.push_back(std::move(m_field));
    m_field.clear();
    m_state = State::FieldStart;
  }

  // An empty line is none, an empty field in quotes is a value.
  template <class Take>
  bool hand(const Take& take) {
    m_record.text = m_text.substr(m_begin, m_at - m_begin);
    const bool emptyLine = m_record.fields.size() == 1 && m_record.fields[0].empty() && !m_quotedRecord;
    const bool goOn = emptyLine || take(m_record);
    m_record = {};
    m_record.line = ++m_line;
    m_begin = m_at;
    m_quotedRecord = false;
    return goOn;
  }

  std::string_view m_text;
  char m_delimiter;
  Quotes m_quotes;
  std::array<bool, 256> m_special{};
  RecordsEnd m_end;
  State m_state = State::FieldStart;
  std::size_t m_at = 0, m_begin = 0;  // of the text; of the record
  std::string m_field;
  Record m_record{{}, {}, 1};
  std::int64_t m_line = 1;
  std::int64_t m_quoteLine = 0;
  bool m_whole = false;         // a record has ended
  bool m_quotedRecord = false;  // one of its fields stands in quotes
  bool m_afterReturn = false;
};

char delimiterOf(std::string_view text) {
  constexpr std::size_t enough = 50;
  for (const char candidate : {',', ';', '\t'}) {
    std::size_t records = 0, width = 0;
    bool same = true;
    const RecordsEnd end = readRecords(text, candidate, Quotes::Rfc4180, [&](Record& record) {
      if (records++ == 0) width = record.fields.size();
      same = same && record.fields.size() == width;
      return records < enough;
    });
    if (end.malformed.empty() && records > 0 && width > 1 && same) return candidate;
  }
  return ',';
}

bool isNumber(std::string_view cell) {
  double value = 0;
  const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return !cell.empty() && result.ec == std::errc() && result.ptr == cell.data() + cell.size();
}

// What has to be known of a file before its rows are taken.
struct Survey {
  bool plausible = true;  // well-formed, every record as wide as the first, no quote out of place
  bool header = true;     // the first line names the columns
};

// `whole`: whether the file is plausible, else only what its first line is.
Survey survey(std::string_view text, char delimiter, Quotes quotes, bool whole, const Watch& watch) {
  Survey result;
  std::vector<std::string> first;
  bool begun = false, decided = false;
  const auto decide = [&](bool header) {
    result.header = header;
    decided = true;
  };
  const RecordsEnd end = readRecords(
      text, delimiter, quotes,
      [&](Record& record) {
        if (!begun) {
          begun = true;
          first = std::move(record.fields);
          if (std::ranges::any_of(first, isColumnWord))
            decide(true);
          else if (std::ranges::any_of(first, isNumber))
            decide(false);
          return whole || !decided;
        }
        result.plausible = result.plausible && record.fields.size() == first.size();
        for (std::size_t column = 0; !decided && column < std::min(first.size(), record.fields.size()); ++column)
          if (!first[column].empty() && record.fields[column] == first[column]) decide(false);  // a data frame's index has no name
        return whole ? result.plausible : !decided;
      },
      watch);
  result.plausible = result.plausible && end.malformed.empty() && !end.strayQuotes;
  return result;
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

[[noreturn]] void refuse(const RecordsEnd& end, const std::filesystem::path& file) {
  if (end.tooWide)
    throw DataError("Line " + std::to_string(end.malformedLine) + " of '" + file.string() + "' has more than " +
                        std::to_string(mostColumns) + " columns, which is no table of texts.",
                    "Write a row a line, a text a column; keep only the columns that are used.");
  throw DataError("Line " + std::to_string(end.malformedLine) + " of '" + file.string() + "' is not CSV: " + end.malformed + ".",
                  "Write a quote inside a quoted value twice (\"\"), and close every quote.");
}

[[noreturn]] void refuseWidth(const Record& record, std::size_t width, bool tabs, const std::filesystem::path& file) {
  throw DataError("Line " + std::to_string(record.line) + " of '" + file.string() + "' has " + std::to_string(record.fields.size()) +
                      (record.fields.size() == 1 ? " value, " : " values, ") + "but the first line has " + std::to_string(width) + ".",
                  std::string("Put values that contain a ") + (tabs ? "tab" : "delimiter or a line break") +
                      " in double quotes, and give every row a value for every column.");
}

}  // namespace

RecordsEnd readRecords(std::string_view text, char delimiter, Quotes quotes, const std::function<bool(Record&)>& take, const Watch& watch) {
  return RecordReader(text, delimiter, quotes).read(take, watch);
}

Table tableOfDelimited(const TableText& from, bool tabs, const Watch& watch) {
  const char delimiter = tabs ? '\t' : delimiterOf(from.text);
  Quotes quotes = Quotes::Rfc4180;
  Survey found = survey(from.text, delimiter, quotes, tabs, watch.part(0, tabs ? 0.4 : 0.2));
  if (tabs && !found.plausible) {
    quotes = Quotes::Ordinary;
    found = survey(from.text, delimiter, quotes, false, watch.part(0.4, 0.5));
  }

  TableBuilder builder(from);
  std::size_t width = 0;
  bool begun = false;
  const RecordsEnd end = readRecords(
      from.text, delimiter, quotes,
      [&](Record& record) {
        if (!std::exchange(begun, true)) {
          width = record.fields.size();
          builder.nameColumns(columnNames(found.header ? record.fields : std::vector<std::string>(width)));
          if (found.header) return true;
        }
        if (record.fields.size() != width) refuseWidth(record, width, tabs, from.file);
        builder.add(std::move(record.fields), {}, record.text, record.line);
        return true;
      },
      watch.part(tabs ? 0.5 : 0.2, 1));
  if (!end.malformed.empty()) refuse(end, from.file);
  const auto valuesOf = [delimiter, quotes](std::string_view text) {
    std::vector<std::string> values;
    readRecords(text, delimiter, quotes, [&](Record& record) {
      values = std::move(record.fields);
      return false;
    });
    return values;
  };
  return builder.finish({valuesOf, nullptr});
}

}  // namespace incipit
