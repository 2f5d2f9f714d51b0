#include "core/dataset/folds.h"

#include "core/dataset/table.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/random.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace incipit {

std::vector<std::vector<std::int64_t>> foldsOf(const Examples& all, int folds, std::uint64_t seed) {
  if (folds < 2) throw DataError("One fold is no cross-validation.", "Ask for two or more.");
  if (all.items.size() < static_cast<std::size_t>(folds))
    throw DataError("There are " + std::to_string(all.items.size()) + " examples for " + std::to_string(folds) + " folds.",
                    "Ask for fewer folds.");
  std::map<int, std::vector<std::int64_t>> ofClass;
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const ExampleSizes sizes = all.items.sizes(i);
    ofClass[sizes.classIndex].push_back(sizes.row);
  }
  // Dealt like cards, class by class: the next class goes on where the one before has ended, so that the folds are of one size too.
  Random dice(seed);
  std::vector<std::vector<std::int64_t>> parts(static_cast<std::size_t>(folds));
  std::size_t next = 0;
  for (const auto& [classIndex, rows] : ofClass)
    for (const std::int64_t place : dice.permutation(static_cast<std::int64_t>(rows.size())))
      parts[next++ % parts.size()].push_back(rows[static_cast<std::size_t>(place)]);
  for (auto& part : parts)
    std::ranges::sort(part);
  return parts;
}

void saveRows(const Table& table, const std::vector<std::int64_t>& rows, const std::filesystem::path& file) {
  AtomicFile out(file);
  for (const std::int64_t row : rows) {
    nlohmann::ordered_json line;
    if (table.tokenised) {
      const TokenisedRow ids = table.tokenisedRow(row);
      line = {{"input_ids", ids.inputIds}, {"labels", ids.labels}};
      if (ids.padding > 0) {  // its labels are as long as it was
        std::vector<std::int32_t> padded = ids.inputIds, mask(ids.inputIds.size(), 1);
        padded.resize(padded.size() + ids.padding);
        mask.resize(padded.size());
        line["input_ids"] = padded;
        line["attention_mask"] = mask;
      }
    } else {
      const std::vector<std::string> values = table.row(row);
      for (std::size_t column = 0; column < values.size(); ++column)
        line[table.columns[column]] = values[column];
    }
    out.write(line.dump() + "\n");
  }
  out.commit();
}

std::vector<std::int64_t> rowsOf(const Examples& examples) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < examples.items.size(); ++i)
    rows.push_back(examples.items.sizes(i).row);
  return rows;
}

}  // namespace incipit
