#include "core/dataset/json_rows.h"

#include "core/dataset/words.h"
#include "core/support/error.h"
#include "core/support/parse_json.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace incipit {

// Keys in the order of the file, as the columns should stand. nlohmann's own ordered map compares a key with all others, so that a row of
// a hundred thousand keys takes minutes; this one looks it up.
template <class Key, class Value, class Less, class Allocator>
class FileOrder : public nlohmann::ordered_map<Key, Value, Less, Allocator> {
 public:
  using Base = nlohmann::ordered_map<Key, Value, Less, Allocator>;
  using Base::Base;
  using typename Base::const_iterator;
  using typename Base::iterator;

  std::pair<iterator, bool> emplace(const Key& key, Value&& value) {
    if (const auto found = find(key); found != this->end()) return {found, false};
    if (this->size() >= few && m_places.empty())
      for (std::size_t i = 0; i < this->size(); ++i)
        m_places.emplace(hash((*this)[i].first), i);
    if (!m_places.empty()) m_places.emplace(hash(key), this->size());
    this->emplace_back(key, std::move(value));
    return {std::prev(this->end()), true};
  }
  Value& operator[](const Key& key) { return emplace(key, Value{}).first->second; }
  typename Base::value_type& operator[](std::size_t place) { return Base::Container::operator[](place); }

  iterator find(std::string_view key) { return this->begin() + static_cast<std::ptrdiff_t>(placeOf(key)); }
  const_iterator find(std::string_view key) const { return this->begin() + static_cast<std::ptrdiff_t>(placeOf(key)); }
  std::size_t count(std::string_view key) const { return placeOf(key) < this->size() ? 1 : 0; }

 private:
  static constexpr std::size_t few = 16;
  static std::size_t hash(std::string_view key) { return std::hash<std::string_view>{}(key); }

  // size(): it is not there.
  std::size_t placeOf(std::string_view key) const {
    const auto& members = static_cast<const typename Base::Container&>(*this);
    if (m_places.empty()) {
      const auto found = std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
      return static_cast<std::size_t>(found - members.begin());
    }
    for (auto [at, end] = m_places.equal_range(hash(key)); at != end; ++at)
      if (members[at->second].first == key) return at->second;
    return members.size();
  }

  std::unordered_multimap<std::size_t, std::size_t> m_places;  // by hash; empty while there are few
};

namespace {

using Row = nlohmann::basic_json<FileOrder>;

struct Slice {
  std::string_view text;
  std::int64_t line;
};

std::string place(const std::filesystem::path& file, std::int64_t line) {
  return "Line " + std::to_string(line) + " of '" + file.string() + "'";
}

std::vector<Slice> linesOf(std::string_view text) {
  std::vector<Slice> slices;
  std::int64_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = trimmed(text.substr(begin, end - begin));
    if (!content.empty()) slices.push_back({content, line});
    begin = end + 1;
  }
  return slices;
}

// The elements of a top-level array, found by counting brackets outside strings, so that each keeps its line for messages.
std::vector<Slice> elementsOf(std::string_view text, const std::filesystem::path& file) {
  std::vector<Slice> slices;
  std::int64_t line = 1, beginLine = 0;
  std::size_t begin = std::string_view::npos;
  int depth = 0;
  bool inString = false;
  const auto close = [&](std::size_t end) {
    if (begin != std::string_view::npos) slices.push_back({trimmed(text.substr(begin, end - begin)), beginLine});
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
      return slices;
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

Row parseRow(const Slice& slice, const std::filesystem::path& file) {
  JsonProblem problem;
  Row row = parseJsonAs<Row>(slice.text, problem);
  if (problem.kind != JsonProblem::Kind::None)
    throw DataError(place(file, slice.line) + " " + problem.words(slice.text.size()) + ".",
                    "Each row must be one whole object, such as {\"text\": \"...\"}.");
  if (!row.is_object())
    throw DataError(place(file, slice.line) + " is not an object but " + row.type_name() + ".",
                    "Each row must be an object with the same columns, such as {\"text\": \"...\"}.");
  return row;
}

std::string cell(Row& value) {
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  if (value.is_null()) return {};
  return value.dump();
}

std::vector<std::int32_t> integers(const Row& row, const char* key, const Slice& slice, const std::filesystem::path& file) {
  const auto found = row.find(key);
  if (found == row.end())
    throw DataError(place(file, slice.line) + " has no '" + key + "'.",
                    "Rows that are tokenised already need input_ids and labels (-100: not scored).");
  const auto bad = [&] {
    return DataError(place(file, slice.line) + ": '" + key + "' is not a list of whole numbers.", "Write it as [464, 3290, ...].");
  };
  if (!found->is_array()) throw bad();
  std::vector<std::int32_t> numbers;
  numbers.reserve(found->size());
  for (const Row& item : *found) {
    if (!item.is_number_integer()) throw bad();
    const auto number = item.get<std::int64_t>();
    if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max()) throw bad();
    numbers.push_back(static_cast<std::int32_t>(number));
  }
  return numbers;
}

// "labels" as a list, or a class as "label" or "labels": one number.
std::vector<std::int32_t> labelsOf(const Row& row, const Slice& slice, const std::filesystem::path& file) {
  for (const char* key : {"label", "labels"})
    if (const auto found = row.find(key); found != row.end() && found->is_number_integer()) {
      Row list;
      list[key] = Row::array({*found});
      return integers(list, key, slice, file);
    }
  return integers(row, "labels", slice, file);
}

Table::TokenisedRow tokenisedRow(const Row& row, const Slice& slice, const std::filesystem::path& file) {
  Table::TokenisedRow result{integers(row, "input_ids", slice, file), labelsOf(row, slice, file)};
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

// The values of a row in the order of the columns; a column the others have must be there.
std::vector<std::string> valuesOf(Row& row, Table& table, const Slice& slice) {
  if (table.rows.empty())
    for (const auto& [key, value] : row.items())
      table.columns.push_back(key);
  std::vector<std::string> values;
  values.reserve(table.columns.size());
  for (const std::string& column : table.columns) {
    const auto found = row.find(column);
    if (found == row.end())
      throw DataError(place(table.file, slice.line) + " has no '" + column + "', which the rows before it have.",
                      "Give every row the same columns (an empty text \"\" will do).");
    values.push_back(cell(*found));
  }
  if (row.size() > table.columns.size())
    for (const auto& [key, value] : row.items())
      if (table.column(key) < 0)  // ends the reading, so it is found once
        throw DataError(place(table.file, table.lines[0]) + " has no '" + key + "', which line " + std::to_string(slice.line) + " has.",
                        "Give every row the same columns (an empty text \"\" will do).");
  return values;
}

}  // namespace

Table tableOfJson(std::string_view text, const std::filesystem::path& file, const Watch& watch) {
  Table table;
  table.file = file;
  const bool array = trimmed(text).starts_with('[');
  const std::vector<Slice> slices = array ? elementsOf(text, file) : linesOf(text);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const Slice& slice = slices[i];
    if (i % 64 == 0) watch.at(static_cast<double>(slice.text.data() - text.data()) / static_cast<double>(text.size()));
    Row row = parseRow(slice, file);
    if (i == 0) table.tokenised = row.contains("input_ids");
    if (table.tokenised)
      table.tokenisedRows.push_back(tokenisedRow(row, slice, file));
    else
      table.rows.push_back(valuesOf(row, table, slice));
    table.lines.push_back(slice.line);
  }
  if (table.tokenised) table.columns = {"input_ids", "labels"};
  return table;
}

}  // namespace incipit
