#include "core/model/card/card.h"

#include <cmath>

namespace incipit {

double embeddingScaleOf(std::string_view family, std::int64_t hiddenSize) {
  return family == "gemma" || family == "gemma2" ? std::sqrt(static_cast<double>(hiddenSize)) : 1;
}

}  // namespace incipit
