// A grid of plans: every combination of some values of some knobs.
#pragma once

#include "core/support/json.h"
#include "core/training/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

struct GridAxis {
  std::string key;  // of plan.json
  std::vector<Json> values;
};

// "learning_rate=0.1,0.3" (or learning-rate, blanks around values left out): numbers and true or false as such, the rest as text. Whether
// there is such a knob says planFrom(). Throws PlanError where none is named, no value, or a value twice.
GridAxis gridAxis(const std::string& text);

// One object a combination, the last axis turning fastest; of no axes the one empty combination. Throws PlanError for a knob named twice,
// or more than `mostCombinations`.
inline constexpr std::size_t mostCombinations = 10'000;
std::vector<Json> combinations(const std::vector<GridAxis>& axes);

}  // namespace incipit
