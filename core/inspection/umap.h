// UMAP (McInnes, Healy & Melville 2018): a fuzzy graph of nearest neighbours, laid out by pulling its edges and pushing points drawn at
// random. As with t-SNE, nearness is meant, not the distance between far groups.
#pragma once

#include "core/inspection/nearest_vectors.h"
#include "core/inspection/quad_tree.h"
#include "core/support/watch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

struct UmapOptions {
  int epochs =
      0;  // 0: 1,000 up to 10,000 points, else 300: more than umap-learn's, of half its step, since both ends of an edge move at once
  std::uint64_t seed = 0;
};

// `nearest` of the points among themselves: umap-learn's n_neighbors - 1 of them, since it counts the point itself. `start`: where they
// begin, of any size. In each epoch every point moves by what the others' places were before it, so threads change nothing.
std::vector<PlanePoint> umap(const NearestVectors& nearest, std::vector<PlanePoint> start, const UmapOptions& options = {},
                             const Watch& watch = {});

// How surely each of a row's nearest is its neighbour, 0 to 1 (section 3.1 of the paper). `nearestIsSure`: the nearest is one without
// doubt.
std::vector<float> memberships(std::span<const float> distances, bool nearestIsSure);

// A row that came later: between its nearest points, which stay where they are, then some epochs of the same pull and push.
PlanePoint placeByUmap(const std::vector<PlanePoint>& points, std::span<const std::int32_t> nearest, std::span<const float> distances,
                       std::uint64_t seed);

}  // namespace incipit
