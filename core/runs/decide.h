// What a plan leaves open and the program decides (`decided` in carry_out.h), and when it has to be decided once more.
#pragma once

#include "core/training/plan.h"

namespace incipit {

// A plan may come from another machine: what was decided there and cannot be had here is left open again; what somebody asked for stays.
void fitToThisMachine(TrainingPlan& plan);
// A new total, over which the schedule is drawn anew. How often the run validates and stores its prompt goes with it, where nobody said.
void setSteps(TrainingPlan& plan, std::int64_t steps);
// Behind step `done` the rate stays at `rate`; the steps up to there keep the schedule as it was drawn.
void keepRateConstant(TrainingPlan& plan, std::int64_t drawnOver, std::int64_t done, double rate);

}  // namespace incipit
