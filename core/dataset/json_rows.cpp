#include "core/dataset/json_rows.h"

#include "core/dataset/flat_row.h"
#include "core/dataset/words.h"
#include "core/support/error.h"
#include "core/support/json.h"
#include "core/support/parse_json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace incipit {
namespace {

// A row's values by key, in the order of the file. Nested ones are kept as their JSON text, not as a tree of values: that would be many
// times the size of the file.
struct Value {
  enum class Kind { Null, Text, Json };
  Kind kind = Kind::Null;
  std::string text;  // Json: without white space
};

class Row {
 public:
  using Member = std::pair<std::string, Value>;

  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const Value* find(std::string_view key) const {
    const std::size_t place = placeOf(key);
    return place < m_members.size() ? &m_members[place].second : nullptr;
  }
  Value* find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }
  // The value of that key, made empty where it comes a second time: the last one counts.
  Value& fresh(const std::string& key) {
    const std::size_t place = placeOf(key);
    if (place < m_members.size()) return m_members[place].second = {};
    if (place == few)  // a row of a hundred thousand keys is looked through by hash
      for (std::size_t i = 0; i < few; ++i)
        m_places.emplace(hash(m_members[i].first), i);
    if (place >= few) m_places.emplace(hash(key), place);
    return m_members.emplace_back(key, Value{}).second;
  }
  const std::vector<Member>& members() const { return m_members; }

 private:
  static constexpr std::size_t few = 16;
  static std::size_t hash(std::string_view key) { return std::hash<std::string_view>{}(key); }

  // The number of members: it is not there.
  std::size_t placeOf(std::string_view key) const {
    if (m_places.empty()) {
      const auto found = std::find_if(m_members.begin(), m_members.end(), [&](const Member& member) { return member.first == key; });
      return static_cast<std::size_t>(found - m_members.begin());
    }
    for (auto [at, end] = m_places.equal_range(hash(key)); at != end; ++at)
      if (m_members[at->second].first == key) return at->second;
    return m_members.size();
  }

  std::vector<Member> m_members;
  std::unordered_multimap<std::size_t, std::size_t> m_places;  // by hash; empty while there are few
};

class RowReader : public JsonEvents {
 public:
  Row row;
  std::string_view kind = "object";  // of the whole value

  bool key(std::string& name) override {
    if (m_depth == 1 && row.members().size() > mostColumns) return false;  // refused by whoever reads the row
    if (m_depth == 1)
      m_value = &row.fresh(name);
    else
      append(Json(name).dump() + ":");
    return true;
  }
  bool start_object(std::size_t) override { return open('{'); }
  bool start_array(std::size_t) override { return m_depth == 0 ? other("array") : open('['); }
  bool end_object() override { return close('}'); }
  bool end_array() override { return close(']'); }
  bool string(std::string& text) override {
    if (m_depth == 0) return other("string");
    if (m_depth == 1)
      *m_value = {Value::Kind::Text, std::move(text)};
    else
      append(Json(std::move(text)).dump());
    return true;
  }
  bool null() override {
    if (m_depth == 0) return other("null");
    if (m_depth > 1) append("null");
    return true;
  }
  bool boolean(bool value) override { return m_depth == 0 ? other("boolean") : take(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override { return m_depth == 0 ? other("number") : take(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return m_depth == 0 ? other("number") : take(std::to_string(value)); }
  bool number_float(double value, const std::string&) override { return m_depth == 0 ? other("number") : take(Json(value).dump()); }

 private:
  // What was read ends in a comma, a colon or a bracket unless another value stands before this one.
  void append(std::string_view text) {
    std::string& whole = m_value->text;
    if (!whole.empty() && whole.back() != '[' && whole.back() != '{' && whole.back() != ':') whole += ',';
    whole += text;
  }
  bool take(std::string_view text) {
    append(text);
    m_value->kind = Value::Kind::Json;
    return true;
  }
  bool open(char bracket) {
    if (m_depth++ == 0) return true;
    return take({&bracket, 1});
  }
  bool close(char bracket) {
    if (--m_depth > 0) m_value->text += bracket;
    return true;
  }
  bool other(std::string_view type) {
    kind = type;
    return false;  // nothing of it is needed
  }

  int m_depth = 0;
  Value* m_value = nullptr;  // of the row's key that is being read
};

struct Slice {
  std::string_view text;
  std::int64_t line;
};

std::string place(const std::filesystem::path& file, std::int64_t line) {
  return "Line " + std::to_string(line) + " of '" + file.string() + "'";
}

// Each line that is not empty.
template <class Take>
void eachLine(std::string_view text, const Take& take) {
  std::int64_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = trimmed(text.substr(begin, end - begin));
    if (!content.empty()) take(Slice{content, line});
    begin = end + 1;
  }
}

// The elements of a top-level array, found by counting brackets outside strings, so that each keeps its line for messages.
template <class Take>
void eachElement(std::string_view text, const std::filesystem::path& file, const Take& take) {
  std::int64_t line = 1, beginLine = 0;
  std::size_t begin = std::string_view::npos;
  int depth = 0;
  bool inString = false;
  const auto close = [&](std::size_t end) {
    if (begin != std::string_view::npos) take(Slice{trimmed(text.substr(begin, end - begin)), beginLine});
    begin = std::string_view::npos;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (inString) {
      if (c == '\\') ++i;
      inString = c != '"';
      continue;
    }
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    const bool opens = c == '[' || c == '{', closes = c == ']' || c == '}';
    if (closes && --depth == 0) {
      close(i);
      if (!trimmed(text.substr(i + 1)).empty())
        throw DataError(place(file, line) + " goes on behind the end of the array.", "A .json data file is one array of objects.");
      return;
    }
    if (depth == 1 && c == ',') {
      close(i);
    } else if (depth == 1 && begin == std::string_view::npos && !space) {
      begin = i;
      beginLine = line;
    }
    inString = c == '"';
    if (opens) ++depth;
  }
  throw DataError("The array in '" + file.string() + "' is never closed: the file ends on line " + std::to_string(line) + ".",
                  "It may have been cut off; save or download it again.");
}

// A row with what stands behind it in the file: white space, a comma, the end of the array.
std::string_view objectIn(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.back() != '}') text.remove_suffix(1);
  return trimmed(text);
}

Row parseRow(const Slice& slice, const std::filesystem::path& file) {
  RowReader reader;
  const JsonProblem problem = readJsonEvents(slice.text, reader);
  if (problem.kind != JsonProblem::Kind::None)
    throw DataError(place(file, slice.line) + " " + problem.words(slice.text.size()) + ".",
                    "Each row must be one whole object, such as {\"text\": \"...\"}.");
  if (reader.row.members().size() > mostColumns)
    throw DataError(place(file, slice.line) + " has more than " + std::to_string(mostColumns) + " columns, which is no table of texts.",
                    "Keep only the columns that are used.");
  if (reader.kind != "object")
    throw DataError(place(file, slice.line) + " is not an object but " + std::string(reader.kind) + ".",
                    "Each row must be an object with the same columns, such as {\"text\": \"...\"}.");
  return std::move(reader.row);
}

// "[464,3290]", as RowReader writes a list; false where it is no list of whole numbers of 32 bits.
bool readIntegers(std::string_view text, std::vector<std::int32_t>& numbers) {
  if (text == "[]") return true;
  while (!text.empty()) {
    text.remove_prefix(1);  // a bracket or a comma
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end == text.data() + text.size()) return false;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text == "]") return true;
    if (text.front() != ',') return false;
  }
  return false;
}

std::vector<std::int32_t> integers(const Row& row, const char* key, const Slice& slice, const std::filesystem::path& file) {
  const Value* found = row.find(key);
  if (found == nullptr)
    throw DataError(place(file, slice.line) + " has no '" + key + "'.",
                    "Rows that are tokenised already need input_ids and labels (-100: not scored).");
  std::vector<std::int32_t> numbers;
  if (found->kind != Value::Kind::Json || !found->text.starts_with('[') || !readIntegers(found->text, numbers))
    throw DataError(place(file, slice.line) + ": '" + key + "' is not a list of whole numbers.", "Write it as [464, 3290, ...].");
  return numbers;
}

// "labels" as a list, or a class as "label" or "labels": one number.
std::vector<std::int32_t> labelsOf(const Row& row, const Slice& slice, const std::filesystem::path& file) {
  for (const char* key : {"label", "labels"}) {
    const Value* found = row.find(key);
    if (found == nullptr || found->kind != Value::Kind::Json) continue;
    if (std::vector<std::int32_t> one; readIntegers("[" + found->text + "]", one) && one.size() == 1) return one;
  }
  return integers(row, "labels", slice, file);
}

TokenisedRow tokenisedRow(const Row& row, const Slice& slice, const std::filesystem::path& file) {
  TokenisedRow result{integers(row, "input_ids", slice, file), labelsOf(row, slice, file)};
  if (row.contains("token_type_ids")) {
    const std::vector<std::int32_t> types = integers(row, "token_type_ids", slice, file);
    result.pair = std::any_of(types.begin(), types.end(), [](std::int32_t type) { return type != 0; });
  }
  if (row.contains("attention_mask")) {
    const std::vector<std::int32_t> mask = integers(row, "attention_mask", slice, file);
    std::size_t length = std::min(mask.size(), result.inputIds.size());
    while (length > 0 && mask[length - 1] == 0)
      --length;
    result.padding = result.inputIds.size() - length;
    result.inputIds.resize(length);
  }
  return result;
}

bool isList(const Value& value) { return value.kind == Value::Kind::Json && value.text.starts_with('['); }

// The values of a row in the order of the columns; a column the others have must be there.
std::vector<std::string> valuesOf(Row& row, const std::vector<std::string>& columns, const Slice& slice, const std::filesystem::path& file,
                                  std::vector<std::size_t>* lists = nullptr) {
  std::vector<std::string> values;
  values.reserve(columns.size());
  for (const std::string& column : columns) {
    Value* found = row.find(column);
    if (found == nullptr)
      throw DataError(place(file, slice.line) + " has no '" + column + "', which the rows before it have.",
                      "Give every row the same columns (an empty text \"\" will do).");
    if (lists != nullptr && isList(*found)) lists->push_back(values.size());
    values.push_back(std::move(found->text));
  }
  return values;
}

class JsonReader {
 public:
  JsonReader(const TableText& from, const Watch& watch) : m_from(from), m_watch(watch), m_builder(from) {}

  Table read() {
    const auto take = [this](const Slice& slice) { this->take(slice); };
    if (trimmed(m_from.text).starts_with('['))
      eachElement(m_from.text, m_from.file, take);
    else
      eachLine(m_from.text, take);
    return m_builder.finish(parser());
  }

 private:
  void take(const Slice& slice) {
    if (m_builder.size() % 64 == 0)
      m_watch.at(static_cast<double>(slice.text.data() - m_from.text.data()) / static_cast<double>(m_from.text.size()));
    if (m_flat && m_flat->scan(slice.text)) return takeFlat(slice);
    Row row = parseRow(slice, m_from.file);
    if (m_builder.size() == 0) begin(row, slice);
    if (m_tokenised) return m_builder.addTokenised(tokenisedRow(row, slice, m_from.file), slice.text, slice.line);
    std::vector<std::size_t> lists;
    std::vector<std::string> values = valuesOf(row, m_builder.columns(), slice, m_from.file, &lists);
    if (row.members().size() > values.size()) refuseMore(row, slice);
    m_builder.add(std::move(values), lists, slice.text, slice.line);
  }

  void begin(const Row& row, const Slice& slice) {
    m_tokenised = row.contains("input_ids");
    std::vector<std::string> columns;
    for (const auto& [key, value] : row.members())
      columns.push_back(key);
    if (m_builder.indexed() && !m_tokenised) m_flat = FlatRow::like(slice.text, columns);
    m_builder.nameColumns(std::move(columns));
  }

  [[noreturn]] void refuseMore(const Row& row, const Slice& slice) const {
    const auto unknown =
        std::ranges::find_if(row.members(), [this](const Row::Member& member) { return m_builder.column(member.first) < 0; });
    throw DataError(place(m_from.file, m_builder.firstLine()) + " has no '" + unknown->first + "', which line " +
                        std::to_string(slice.line) + " has.",
                    "Give every row the same columns (an empty text \"\" will do).");
  }

  // The values as they stand in the file are what is counted, unless a column has few values and one is written in another way.
  void takeFlat(const Slice& slice) {
    const std::vector<FlatRow::Cell>& cells = m_flat->cells();
    for (std::size_t column = 0; column < cells.size(); ++column)
      if (!cells[column].asWritten && m_builder.few(column)) {
        Row row = parseRow(slice, m_from.file);
        return m_builder.add(valuesOf(row, m_builder.columns(), slice, m_from.file), {}, slice.text, slice.line);
      }
    for (std::size_t column = 0; column < cells.size(); ++column)
      if (m_builder.few(column))
        m_builder.note(column, cells[column].text);
      else
        m_builder.noteLength(column, cells[column].bytes, trimmed(cells[column].text).empty());
    m_builder.addPlace(slice.text, slice.line);
  }

  RowParser parser() const {
    const std::filesystem::path& file = m_from.file;
    return {[file, columns = m_builder.columns()](std::string_view text) {
              const Slice slice{objectIn(text), 0};
              Row row = parseRow(slice, file);
              return valuesOf(row, columns, slice, file);
            },
            [file](std::string_view text) {
              const Slice slice{objectIn(text), 0};
              return tokenisedRow(parseRow(slice, file), slice, file);
            }};
  }

  const TableText& m_from;
  const Watch& m_watch;
  TableBuilder m_builder;
  bool m_tokenised = false;
  std::optional<FlatRow> m_flat;
};

}  // namespace

Table tableOfJson(const TableText& from, const Watch& watch) { return JsonReader(from, watch).read(); }

}  // namespace incipit
