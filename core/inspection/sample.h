// Which examples a costly view looks at: a sample drawn by seed, in the order in which it is looked at.
#pragma once

#include "core/dataset/examples.h"

#include <cstdint>
#include <vector>

namespace incipit {

// Places of the examples that are looked at. `sample`: how many at most; 0 or more than there are: all, in their own order.
std::vector<std::uint32_t> sampleOrder(const Examples& examples, std::int64_t sample, std::uint64_t seed);

// Those at `places`. Without the classes each label is not asked for as well, which halves the time where only the loss is wanted; a model
// with a head needs them.
Examples picked(const Examples& all, std::vector<std::uint32_t> places, bool withClasses);

}  // namespace incipit
