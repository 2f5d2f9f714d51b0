#include "core/dataset/table.h"

#include "core/dataset/delimited.h"
#include "core/dataset/json_rows.h"
#include "core/dataset/text_encoding.h"
#include "core/dataset/words.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"

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

Table tableOfLines(std::string_view text, const std::filesystem::path& file) {
  Table table;
  table.file = file;
  table.columns = {"text"};
  std::int64_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = trimmed(text.substr(begin, end - begin));
    if (!content.empty()) {
      table.rows.push_back({std::string(content)});
      table.lines.push_back(line);
    }
    begin = end + 1;
  }
  return table;
}

}  // namespace

int Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

Table readTable(const std::filesystem::path& file, const Watch& watch) {
  watch.at(0);
  std::string bytes = readFile(file);
  std::string fingerprint = fingerprintOf(bytes);
  const DecodedText decoded = toUtf8(std::move(bytes), file);

  Table table;
  switch (kindOf(file, decoded.text)) {
  case Kind::Json:
    table = tableOfJson(decoded.text, file, watch);
    break;
  case Kind::Csv:
    table = tableOfDelimited(decoded.text, false, file, watch);
    break;
  case Kind::Tsv:
    table = tableOfDelimited(decoded.text, true, file, watch);
    break;
  case Kind::Text:
    table = tableOfLines(decoded.text, file);
    break;
  }
  table.fingerprint = std::move(fingerprint);
  table.encoding = decoded.encoding;
  if (table.size() == 0)
    throw DataError("The file '" + file.string() + "' has no rows.", "It needs at least one row of text (below the header line of a CSV).");
  return table;
}

}  // namespace incipit
