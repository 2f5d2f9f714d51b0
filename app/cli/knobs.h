// The knobs of a plan as flags: the keys of plan.json with dashes.
#pragma once

#include "core/support/json.h"

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace incipit::cli {

// Flags that are given land in `given` under their plan.json key; nothing else does.
void addPlanFlags(CLI::App& command, const std::shared_ptr<Json>& given);
// Only those that say what becomes of a row of data.
void addDataFlags(CLI::App& command, const std::shared_ptr<Json>& given);

// The flags over the plan of the file (empty: none), as the JSON of a plan. Throws PlanError when the file holds no plan.
Json mergedPlan(const std::string& planFile, const Json& given);

}  // namespace incipit::cli
