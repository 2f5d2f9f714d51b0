#include "core/dataset/other_formats.h"

#include "core/dataset/words.h"
#include "core/support/error.h"

#include <string>

namespace incipit {
namespace {

// For a shell: nothing in it is special but the quote itself.
std::string shellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string withPandas(const std::filesystem::path& file, const std::string& read) {
  std::filesystem::path target = file;
  target.replace_extension(".jsonl");
  return "python3 -c 'import sys, pandas; pandas." + read + ".to_json(sys.argv[2], orient=\"records\", lines=True, force_ascii=False)' " +
         shellQuoted(file.string()) + " " + shellQuoted(target.string());
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& format, const std::string& command,
                         const std::string& needs) {
  throw DataError("'" + file.string() + "' is " + format + ", which is not read here.",
                  "This makes JSON Lines of it (it needs " + needs + "): " + command);
}

}  // namespace

void refuseOtherFormats(const std::filesystem::path& file, std::string_view firstBytes) {
  if (firstBytes.starts_with("PAR1"))
    refuse(file, "a Parquet file", withPandas(file, "read_parquet(sys.argv[1])"), "pip install pandas pyarrow");
  if (firstBytes.starts_with("ARROW1"))
    refuse(file, "an Arrow (Feather) file", withPandas(file, "read_feather(sys.argv[1])"), "pip install pandas pyarrow");
  if (firstBytes.starts_with("PK\x03\x04") && lowered(file.extension().string()) == ".xlsx")
    refuse(file, "an Excel file", withPandas(file, "read_excel(sys.argv[1])"), "pip install pandas openpyxl");
}

}  // namespace incipit
