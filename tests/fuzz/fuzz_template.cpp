// A template, typed or out of a plan, on a table of three columns.
#include "core/dataset/table.h"
#include "core/dataset/template.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static const Table table =
      tableOfRows("reviews.csv", {"review", "stars", "label"}, {{"A fine story ", "5", " yes"}, {"", "", "no"}, {"{brace}\n", "1", ""}});
  const auto words = parts(input, 4);
  DataSettings settings;
  settings.inputColumn = words[0];
  settings.labelColumn = words[1];
  settings.verbaliser["yes"] = words[2];
  settings.textTemplate = words[3];
  for (const Reading reading : {Reading::OneText, Reading::TextAndTarget})
    taken([&] {
      for (std::int64_t row = 0; row < table.size(); ++row)
        rendered(table, row, settings, reading);
    });
}

}  // namespace incipit::fuzz
