// The knobs of a plan as flags: the keys of plan.json with dashes.
#pragma once

#include "core/support/json.h"

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace incipit::cli {

// The flags that say what becomes of a row of data. Those that are given land in `given` under their plan.json key; nothing else does.
void addDataFlags(CLI::App& command, const std::shared_ptr<Json>& given);

// These, the files, and what else decides which rows are read and how much room they have: for a look at the data.
void addDataPlanFlags(CLI::App& command, const std::shared_ptr<Json>& given);

// MODEL, --plan and all knobs: where a plan comes from. MODEL or --plan must be given, and --train or --plan. `given` gets the model too.
void addPlanFlags(CLI::App& command, std::string& planFile, const std::shared_ptr<Json>& given);
// The flags over the plan of the file (empty: none), as the JSON of a plan. Throws PlanError when the file holds no plan.
Json mergedPlan(const std::string& planFile, const Json& given);

}  // namespace incipit::cli
