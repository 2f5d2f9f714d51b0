// Ways to train that are known from somewhere: each sets the same knobs, so that none leaves traces of another, and says whose it is and
// what it is good for.
#pragma once

#include "core/support/json.h"
#include "core/training/plan.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct Recipe {
  std::string name;     // of --recipe
  std::string title;    // of a menu
  std::string source;   // who found it, where
  std::string goodFor;  // a sentence or two
  Json knobs;           // keys of plan.json
};

const std::vector<Recipe>& recipes();
// Throws PlanError listing the names.
const Recipe& recipeNamed(std::string_view name);

// The plan with the recipe's knobs; all others stay.
TrainingPlan withRecipe(const TrainingPlan& plan, const Recipe& recipe);

// The learning rate that an optimiser is known to work with: said and offered where another optimiser is chosen, never set by itself.
double usualRate(Optimizer optimizer);

}  // namespace incipit
