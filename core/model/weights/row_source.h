// Where the rows of a frozen matrix come from when a product wants them in fp32: whatever the matrix is stored as, it is widened a tile at
// a time, while the tile is multiplied, and never exists in memory as a whole. A new way to store weights is one class of this kind.
#pragma once

#include <cstdint>

namespace incipit {

class RowSource {
 public:
  virtual ~RowSource() = default;

  std::int64_t rows() const { return m_rows; }
  std::int64_t columns() const { return m_columns; }
  // Columns are read in whole multiples of it, but for the last: the length of a quantised block, 1 where every number is stored by itself.
  std::int64_t grain() const { return m_grain; }

  // The numbers [row, row + count) x [column, column + width) -> to[i * stride + j], fp32. Called by many threads at once; `column` is a
  // multiple of grain().
  virtual void read(std::int64_t row, std::int64_t count, std::int64_t column, std::int64_t width, float* to,
                    std::int64_t stride) const = 0;

 protected:
  RowSource(std::int64_t rows, std::int64_t columns, std::int64_t grain) : m_rows(rows), m_columns(columns), m_grain(grain) {}

 private:
  std::int64_t m_rows, m_columns, m_grain;
};

}  // namespace incipit
