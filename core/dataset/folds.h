// k-fold cross-validation for small sets, and rows as files of their own.
#pragma once

#include "core/dataset/examples.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace incipit {

// Which rows of the table each of `folds` parts holds: every usable row in one of them, chosen by the seed, of each class its share (as
// scikit-learn's StratifiedKFold). Throws DataError where there are fewer examples than folds.
std::vector<std::vector<std::int64_t>> foldsOf(const Examples& all, int folds, std::uint64_t seed);

// Those rows as JSON Lines, with the table's columns; values are texts, and rows of token ids stay such. Written whole or not at all.
void saveRows(const Table& table, const std::vector<std::int64_t>& rows, const std::filesystem::path& file);

// The rows that these examples are of.
std::vector<std::int64_t> rowsOf(const Examples& examples);

}  // namespace incipit
