#include "core/dataset/table.h"

#include "core/dataset/delimited.h"
#include "core/dataset/json_rows.h"
#include "core/dataset/table_builder.h"
#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>

namespace incipit {
namespace {

enum class Kind { Json, Csv, Tsv, Text };

Kind kindOf(const std::filesystem::path& file, std::string_view text) {
  const std::string extension = lowered(file.extension().string());
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json") return Kind::Json;
  if (extension == ".csv") return Kind::Csv;
  if (extension == ".tsv" || extension == ".tab") return Kind::Tsv;
  if (extension == ".txt") return Kind::Text;
  const std::string_view first = trimmed(text.substr(0, text.find('\n')));
  return first.starts_with('{') && first.ends_with('}') ? Kind::Json : Kind::Text;
}

Table tableOfLines(const TableText& from, const Watch& watch) {
  TableBuilder builder(from);
  builder.nameColumns({"text"});
  std::int64_t line = 1;
  for (std::size_t begin = 0; begin < from.text.size(); ++line) {
    if (line % 1024 == 0) watch.at(static_cast<double>(begin) / static_cast<double>(from.text.size()));
    const std::size_t end = std::min(from.text.find('\n', begin), from.text.size());
    const std::string_view content = trimmed(from.text.substr(begin, end - begin));
    if (!content.empty()) builder.add({std::string(content)}, {}, content, line);
    begin = end + 1;
  }
  return builder.finish({[](std::string_view text) { return std::vector<std::string>{std::string(trimmed(text))}; }, nullptr});
}

}  // namespace

int Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

Table readTable(const std::filesystem::path& file, const Watch& watch, std::uint64_t mostHeld) {
  watch.at(0);
  const auto data = std::make_shared<const DataFile>(file, mostHeld, watch.part(0, 0.4));
  const TableText from{file, data->text(), data->held() ? nullptr : data};
  const Watch reading = watch.part(0.4, 1);
  Table table;
  switch (kindOf(data->name(), data->text())) {
  case Kind::Json:
    table = tableOfJson(from, reading);
    break;
  case Kind::Csv:
    table = tableOfDelimited(from, false, reading);
    break;
  case Kind::Tsv:
    table = tableOfDelimited(from, true, reading);
    break;
  case Kind::Text:
    table = tableOfLines(from, reading);
    break;
  }
  data->checkWhole();
  table.fingerprint = data->fingerprint();
  table.how = data->how();
  if (table.size() == 0)
    throw DataError("The file '" + file.string() + "' has no rows.", "It needs at least one row of text (below the header line of a CSV).");
  return table;
}

}  // namespace incipit
