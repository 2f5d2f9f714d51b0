#include "core/training/vocabulary_scale.h"

#include "core/model/frozen_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace incipit {

VocabularyScale vocabularyScale(const FrozenModel& model) {
  constexpr std::int64_t most = 4096;
  const std::int64_t size = model.card().vocabularySize, taken = std::min(size, most);
  std::vector<std::int32_t> ids;
  for (std::int64_t i = 0; i < taken; ++i)
    ids.push_back(static_cast<std::int32_t>(i * size / taken));
  const Matrix rows = model.embeddingRows(ids);
  std::vector<double> norms;
  double sum = 0, squares = 0;
  for (std::int64_t row = 0; row < taken; ++row) {
    double ofRow = 0;
    for (const float value : rows.row(row))
      sum += value, ofRow += static_cast<double>(value) * value;
    squares += ofRow;
    norms.push_back(std::sqrt(ofRow));
  }
  std::ranges::sort(norms);
  const auto at = [&](double share) { return norms[static_cast<std::size_t>(share * static_cast<double>(norms.size() - 1))]; };
  const auto count = static_cast<double>(rows.values.size());
  const double mean = sum / count, factor = model.card().embeddingScale;
  return {factor * at(0.05), factor * at(0.5), factor * at(0.95), factor * std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

}  // namespace incipit
