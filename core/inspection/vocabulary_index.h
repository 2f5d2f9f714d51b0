// What a neighbour search keeps of a vocabulary: a norm a token, and the band most of them lie in.
#pragma once

#include "core/inspection/neighbours.h"

#include <memory>
#include <vector>

namespace incipit {

struct VocabularyIndex {
  std::shared_ptr<const FrozenModel> model;
  std::vector<float> norms;  // [V]
  NormBand band;
};

}  // namespace incipit
