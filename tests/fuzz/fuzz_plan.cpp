// plan.json.
#include "core/support/json.h"
#include "core/training/plan.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

namespace incipit::fuzz {

void target(std::string_view input) {
  const Json json = jsonOrNothing(input);
  if (json.is_discarded()) return;
  taken([&] {
    const TrainingPlan plan = planFrom(json, "plan.json");
    const Json written = toJson(plan);
    require(toJson(planFrom(written, "again.json")) == written, "a plan that is written is read as the same");
    differences(plan, TrainingPlan{});
    planFrom(changed(written, {{"steps", 7}}), "changed.json");
    if (!problemsIn(plan).empty()) return;
    for (const std::int64_t examples : {1, 1000}) {
      const std::int64_t total = totalSteps(plan, examples);
      stepsBetweenEvaluations(plan, total), stepsBetweenSnapshots(plan, total);
      for (const std::int64_t step : {std::int64_t{1}, total})
        learningRateAt(plan, step, total);
    }
  });
}

}  // namespace incipit::fuzz
