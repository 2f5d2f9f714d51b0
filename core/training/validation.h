// How often a run is validated, and on how many rows: what it costs is known before step 1, from the lengths of the texts alone, so that
// the same plan makes the same decision on every machine.
#pragma once

#include "core/training/plan.h"

namespace incipit {

// What one look at all of these examples costs, in tokens read forwards: once for the loss, and where words are the labels once more.
double workOfLook(const Examples& examples);

// Work in tokens read forwards; a step reads its tokens forwards and, at about twice that, backwards.
struct ValidationCost {
  std::int64_t evaluations = 0;  // in all, the one before step 1 too; 0: no validation data
  std::int64_t rows = 0;         // of each
  std::int64_t allRows = 0;      // of the last one, which judges the kept prompt
  double training = 0, validation = 0;
};
// Of a plan that has decided. `validation` may be null.
ValidationCost validationCost(const TrainingPlan& plan, const Examples& training, const Examples* validation);

// Decides what the plan leaves open (evalEvery 0): ten looks a run; on a sample of the rows where all of them would take more than a
// quarter of the time, never fewer than 64; more seldom where that is still too much. The numbers stand in the plan from then on.
void settleValidation(TrainingPlan& plan, const Examples& training, const Examples* validation);

// The rows of each look, by the plan's seed; all of them where the plan names no fewer.
Examples validationSample(const TrainingPlan& plan, const Examples& validation);

}  // namespace incipit
