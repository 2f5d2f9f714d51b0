// Weights packed for products with many rows (packed_weight.h) take as much memory as the model, and twice that for both directions.
#pragma once

namespace incipit {

// Gives back what is packed, of every open model. A product under way ends with what it has; whatever needs a packed weight next packs it
// again, which takes as long as a few steps of a training.
void forgetPackedWeights();

}  // namespace incipit
