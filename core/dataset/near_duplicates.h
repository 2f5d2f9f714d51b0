// Texts that are nearly the same, by MinHash: A. Broder, "On the resemblance and containment of documents" (1997), with the bands of J.
// Leskovec, A. Rajaraman and J. Ullman, "Mining of Massive Datasets", chapter 3.
#pragma once

#include "core/support/watch.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace incipit {

// Of all groups of three words in either text, the share that stand in both: from here on two texts count as nearly the same.
inline constexpr double nearlySame = 0.8;

// Jaccard's similarity of the groups of three words (letters in lower case, punctuation left away); shorter texts are one group.
double resemblance(const std::string& a, const std::string& b);

// Pairs of places of `texts` with a resemblance of at least `nearlySame`, the smaller first, in their order. Of a hundred such pairs the
// method finds 99 or more; texts that resemble many others are paired with some of them.
std::vector<std::pair<std::size_t, std::size_t>> nearDuplicates(const std::vector<std::string>& texts, const Watch& watch = {});

}  // namespace incipit
