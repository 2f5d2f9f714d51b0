// How much of the nearness of many dimensions a picture of two keeps.
#pragma once

#include "core/inspection/quad_tree.h"
#include "core/support/watch.h"
#include "core/tensor/matrix.h"

#include <cstdint>
#include <vector>

namespace incipit {

// Of `high` [N, H] laid out as `low` [N, 2], 0 to 1: how few of a point's k nearest in the picture are strangers to it, each weighed by
// how far down its list of nearest it stands (Venna & Kaski 2001; scikit-learn's manifold.trustworthiness). k below N / 2.
double trustworthiness(const Matrix& high, const Matrix& low, std::int64_t k);

struct KeptDistances {
  double neighbours = 0;       // share of the k nearest that are among the k nearest in the picture
  double trustworthiness = 0;  // see above
  double order = 0;            // Spearman's correlation of the distances of all pairs of the sample
  double chance = 0;           // `neighbours` of a picture drawn at random: k / (N - 1)
  std::int64_t k = 0, sample = 0, count = 0;
};

// Judged for `sample` of the N points, drawn by seed, among all of them.
KeptDistances keptDistances(const Matrix& high, const std::vector<PlanePoint>& low, std::int64_t k, std::int64_t sample, std::uint64_t seed,
                            const Watch& watch = {});

}  // namespace incipit
