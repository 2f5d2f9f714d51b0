#include "core/inspection/principal_axes.h"

#include "core/model/kernels/share_out.h"
#include "core/model/weights/packed_weight.h"
#include "core/support/random.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_eigh.h>
#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr std::int64_t tileColumns = 256, blockRows = 4096;
constexpr int subspace = 24;  // directions that are turned together: the more, the sooner the first ones settle
constexpr int mostTurns = 2000;
constexpr double settled = 1e-10;  // of the largest variance: what is left beside a direction

using Columns = std::vector<double>;  // [H, subspace]

// Of the rows minus their mean [H, H], times their number.
std::vector<double> covariance(const Matrix& centred, const Watch& watch) {
  const std::int64_t width = centred.columns, across = (width + tileColumns - 1) / tileColumns;
  std::vector<double> sums(static_cast<std::size_t>(width * width));
  const at::Tensor rows = at::from_blob(const_cast<float*>(centred.values.data()), {centred.rows, width});
  const std::int64_t tiles = across * across, together = at::get_num_threads();
  for (std::int64_t begun = 0; begun < tiles; begun += together) {
    watch.at(static_cast<double>(begun) / static_cast<double>(tiles));
    shareOut(std::min(together, tiles - begun), [&](std::int64_t unit) {
      const at::NoGradGuard noGrad;
      const std::int64_t i = (begun + unit) / across * tileColumns, j = (begun + unit) % across * tileColumns;
      if (j < i) return;
      const std::int64_t high = std::min(tileColumns, width - i), wide = std::min(tileColumns, width - j);
      for (std::int64_t first = 0; first < centred.rows; first += blockRows) {
        const at::Tensor block = rows.narrow(0, first, std::min(blockRows, centred.rows - first));
        PackedWeight columns(block.narrow(1, j, wide), at::Tensor());
        const at::Tensor product =
            columns.forward(block.narrow(1, i, high).t().contiguous(), at::Tensor(), at::kFloat, true);  // [high, wide]
        const float* value = product.data_ptr<float>();
        for (std::int64_t a = 0; a < high; ++a)
          for (std::int64_t b = 0; b < wide; ++b)
            sums[static_cast<std::size_t>((i + a) * width + j + b)] += *value++;
      }
    });
  }
  for (std::int64_t i = 0; i < width; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      sums[static_cast<std::size_t>(i * width + j)] = sums[static_cast<std::size_t>(j * width + i)];
  return sums;
}

// matrix [H, H] times columns [H, n], each number by one thread in one order.
Columns times(const std::vector<double>& matrix, const Columns& columns, std::int64_t width, std::int64_t n) {
  Columns product(columns.size());
  constexpr std::int64_t rowsTogether = 16;
  shareOut((width + rowsTogether - 1) / rowsTogether, [&](std::int64_t unit) {
    for (std::int64_t i = unit * rowsTogether; i < std::min(width, (unit + 1) * rowsTogether); ++i)
      for (std::int64_t k = 0; k < width; ++k)
        for (std::int64_t j = 0; j < n; ++j)
          product[static_cast<std::size_t>(i * n + j)] +=
              matrix[static_cast<std::size_t>(i * width + k)] * columns[static_cast<std::size_t>(k * n + j)];
  });
  return product;
}

double columnDot(const Columns& a, std::int64_t i, const Columns& b, std::int64_t j, std::int64_t n) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); k += static_cast<std::size_t>(n))
    sum += a[k + static_cast<std::size_t>(i)] * b[k + static_cast<std::size_t>(j)];
  return sum;
}

// Gram and Schmidt, twice over; a column that is nothing but the others becomes zero.
void straighten(Columns& columns, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j)
    for (int pass = 0; pass < 2; ++pass) {
      const double before = std::sqrt(columnDot(columns, j, columns, j, n));
      for (std::int64_t i = 0; i < j; ++i) {
        const double share = columnDot(columns, i, columns, j, n);
        for (std::size_t k = 0; k < columns.size(); k += static_cast<std::size_t>(n))
          columns[k + static_cast<std::size_t>(j)] -= share * columns[k + static_cast<std::size_t>(i)];
      }
      const double length = std::sqrt(columnDot(columns, j, columns, j, n));
      const double factor = length > 1e-12 * before && length > 0 ? 1 / length : 0;
      for (std::size_t k = 0; k < columns.size(); k += static_cast<std::size_t>(n))
        columns[k + static_cast<std::size_t>(j)] *= factor;
    }
}

// Turns columns within their space to the directions of its variance, largest first, and their images with them; gives the variances.
std::vector<double> turn(Columns& columns, Columns& images, std::int64_t n) {
  std::vector<double> within;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      within.push_back(columnDot(columns, std::min(i, j), images, std::max(i, j), n));
  const auto [values, vectors] = at::linalg_eigh(at::from_blob(within.data(), {n, n}, at::kDouble));  // ascending
  const at::Tensor ordered = vectors.contiguous();
  const double* turned = ordered.data_ptr<double>();
  for (Columns* each : {&columns, &images})
    for (std::size_t k = 0; k < each->size(); k += static_cast<std::size_t>(n)) {
      double row[subspace] = {};
      for (std::int64_t j = 0; j < n; ++j)
        for (std::int64_t i = 0; i < n; ++i)
          row[j] += (*each)[k + static_cast<std::size_t>(i)] * turned[i * n + n - 1 - j];
      std::copy_n(row, n, each->begin() + static_cast<std::ptrdiff_t>(k));
    }
  const at::Tensor variances = values.contiguous();
  return {std::make_reverse_iterator(variances.data_ptr<double>() + n), std::make_reverse_iterator(variances.data_ptr<double>())};
}

// How far the first directions are from being mapped onto themselves, in shares of the largest variance.
double leftBeside(const Columns& columns, const Columns& images, const std::vector<double>& variances, std::int64_t n, std::int64_t count) {
  double most = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    double squares = 0;
    for (std::size_t k = static_cast<std::size_t>(j); k < columns.size(); k += static_cast<std::size_t>(n))
      squares += std::pow(images[k] - variances[static_cast<std::size_t>(j)] * columns[k], 2);
    most = std::max(most, std::sqrt(squares));
  }
  return variances[0] > 0 ? most / variances[0] : 0;
}

}  // namespace

PrincipalAxes principalAxes(const Matrix& points, std::int64_t count, const Watch& watch) {
  const at::NoGradGuard noGrad;
  const std::int64_t width = points.columns;
  PrincipalAxes found;
  found.middle.resize(static_cast<std::size_t>(width));
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::size_t j = 0; j < found.middle.size(); ++j)
      found.middle[j] += points.row(i)[j] / static_cast<double>(points.rows);
  Matrix centred = points;
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::size_t j = 0; j < found.middle.size(); ++j)
      centred.row(i)[j] = static_cast<float>(points.row(i)[j] - found.middle[j]);
  const std::vector<double> matrix = covariance(centred, watch.part(0, 0.7));
  double all = 0;
  for (std::int64_t i = 0; i < width; ++i)
    all += matrix[static_cast<std::size_t>(i * width + i)];

  const std::int64_t n = std::min<std::int64_t>(subspace, width);
  Random random(1901);
  Columns columns(static_cast<std::size_t>(width * n));
  for (double& value : columns)
    value = random.normal();
  std::vector<double> variances;
  for (int turns = 0; turns < mostTurns; ++turns) {
    watch.at(0.7 + 0.3 * turns / mostTurns);
    straighten(columns, n);
    Columns images = times(matrix, columns, width, n);
    variances = turn(columns, images, n);
    if (leftBeside(columns, images, variances, n, std::min(count, n)) < settled) break;
    columns = std::move(images);
  }
  straighten(columns, n);
  found.axes = Matrix(count, width);
  for (std::int64_t j = 0; j < std::min(count, n); ++j) {
    double largest = 0;
    for (std::int64_t k = 0; k < width; ++k)
      if (const double value = columns[static_cast<std::size_t>(k * n + j)]; std::abs(value) > std::abs(largest) * (1 + 1e-9))
        largest = value;
    for (std::int64_t k = 0; k < width; ++k)
      found.axes.row(j)[static_cast<std::size_t>(k)] =
          static_cast<float>(columns[static_cast<std::size_t>(k * n + j)] * (largest < 0 ? -1 : 1));
    found.shares.push_back(all > 0 ? variances[static_cast<std::size_t>(j)] / all : 0);
  }
  found.shares.resize(static_cast<std::size_t>(count));
  return found;
}

Matrix along(const PrincipalAxes& axes, const Matrix& rows) {
  Matrix places(rows.rows, axes.axes.rows);
  constexpr std::int64_t rowsTogether = 256;
  shareOut((rows.rows + rowsTogether - 1) / rowsTogether, [&](std::int64_t unit) {
    for (std::int64_t i = unit * rowsTogether; i < std::min(rows.rows, (unit + 1) * rowsTogether); ++i)
      for (std::int64_t j = 0; j < axes.axes.rows; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < axes.middle.size(); ++k)
          sum += (rows.row(i)[k] - axes.middle[k]) * axes.axes.row(j)[k];
        places.row(i)[static_cast<std::size_t>(j)] = static_cast<float>(sum);
      }
  });
  return places;
}

}  // namespace incipit
