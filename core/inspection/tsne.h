// t-SNE (van der Maaten & Hinton 2008), by Barnes and Hut's tree (van der Maaten 2014): points that are near each other in many dimensions
// are laid out near each other in two. Distances between far groups, and how dense a group is, mean nothing in it.
#pragma once

#include "core/inspection/nearest_vectors.h"
#include "core/inspection/quad_tree.h"
#include "core/support/watch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

struct TsneOptions {
  double perplexity = 30;    // how many neighbours count, about; three times as many are looked at
  double exaggeration = 12;  // of the pull in the first steps, so that groups find each other
  int exaggerated = 250;
  int iterations = 0;  // in all; 0: 1,000 up to 10,000 points, as scikit-learn, else 750
  double angle = 0;    // cells of the tree that look smaller count as one point; 0: 0.5 up to 10,000 points, else 0.7
};

// `nearest` of the points among themselves, 3 * perplexity of them or what there is; `start`: where they begin, of any size.
std::vector<PlanePoint> tsne(const NearestVectors& nearest, std::vector<PlanePoint> start, const TsneOptions& options = {},
                             const Watch& watch = {});

// How much each of a row's nearest weighs, so that together they count as `perplexity` ones; sums to 1.
std::vector<double> perplexityWeights(std::span<const float> distances, double perplexity);

// A row that came later: between its nearest points, which stay where they are, then a few steps of the same pull and push.
PlanePoint placeAmong(const std::vector<PlanePoint>& points, const QuadTree& tree, std::span<const std::int32_t> nearest,
                      std::span<const float> distances);

}  // namespace incipit
