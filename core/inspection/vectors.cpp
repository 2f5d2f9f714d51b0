#include "core/inspection/vectors.h"

#include <algorithm>
#include <cmath>

namespace incipit {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double lengthOf(std::span<const float> row) { return std::sqrt(dot(row, row)); }

double distance(std::span<const float> a, std::span<const float> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    squares += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  return std::sqrt(squares);
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const double lengths = lengthOf(a) * lengthOf(b);
  return lengths > 0 ? dot(a, b) / lengths : 0;
}

Matrix enteringRows(const SoftPrompt& prompt, const ModelCard& card) {
  return card.embeddingScale == 1 ? prompt.rows : withRowScale(prompt, RowScale::Scaled).rows;
}

std::vector<float> meanRow(const Matrix& rows) {
  std::vector<double> sums(static_cast<std::size_t>(rows.columns));
  for (std::int64_t row = 0; row < rows.rows; ++row)
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] += rows.row(row)[i];
  std::vector<float> mean;
  for (const double sum : sums)
    mean.push_back(static_cast<float>(sum / static_cast<double>(std::max<std::int64_t>(1, rows.rows))));
  return mean;
}

}  // namespace incipit
