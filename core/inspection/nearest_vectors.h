// The k nearest rows of every row of a matrix, exactly, by Euclidean distance: products of tiles, each of one thread and of one size, so
// that the result does not depend on how many threads there are.
#pragma once

#include "core/support/watch.h"
#include "core/tensor/matrix.h"

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

struct NearestVectors {
  std::int64_t count = 0, k = 0;
  std::vector<std::int32_t> ids;  // [count, k], nearest first, ties to the smaller id
  std::vector<float> distances;   // [count, k]

  std::span<const std::int32_t> idsOf(std::int64_t i) const { return {ids.data() + i * k, static_cast<std::size_t>(k)}; }
  std::span<const float> distancesOf(std::int64_t i) const { return {distances.data() + i * k, static_cast<std::size_t>(k)}; }
};

// Of the rows among themselves, none being its own neighbour. k is cut down to as many others as there are.
NearestVectors nearestVectors(const Matrix& points, std::int64_t k, const Watch& watch = {});
// Of `wanted` rows among `points`.
NearestVectors nearestVectors(const Matrix& wanted, const Matrix& points, std::int64_t k, const Watch& watch = {});

// The first k columns.
NearestVectors firstOf(const NearestVectors& nearest, std::int64_t k);

}  // namespace incipit
