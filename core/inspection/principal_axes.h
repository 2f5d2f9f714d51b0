// Principal components (Pearson 1901): the directions in which rows differ most.
#pragma once

#include "core/support/watch.h"
#include "core/tensor/matrix.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct PrincipalAxes {
  std::vector<double> middle;  // [H]: the mean row
  Matrix axes;                 // [count, H], each of length one, its largest number positive
  std::vector<double> shares;  // [count]: of all variance
};

// By the covariance [H, H], fp32 products added up in double precision, and subspace iteration. Deterministic whatever the threads.
PrincipalAxes principalAxes(const Matrix& points, std::int64_t count = 2, const Watch& watch = {});

// Rows [R, H] along the axes: [R, count].
Matrix along(const PrincipalAxes& axes, const Matrix& rows);

}  // namespace incipit
