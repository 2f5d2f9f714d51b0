// A plain table of fp32 numbers on the CPU: the form in which prompts and embeddings cross rooms and threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

struct Matrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<float> values;  // row-major, rows * columns

  Matrix() = default;
  Matrix(std::int64_t rowCount, std::int64_t columnCount)
      : rows(rowCount), columns(columnCount), values(static_cast<std::size_t>(rowCount * columnCount)) {}

  std::span<float> row(std::int64_t i) { return {values.data() + i * columns, static_cast<std::size_t>(columns)}; }
  std::span<const float> row(std::int64_t i) const { return {values.data() + i * columns, static_cast<std::size_t>(columns)}; }
  bool empty() const { return values.empty(); }
  friend bool operator==(const Matrix&, const Matrix&) = default;
};

}  // namespace incipit
