// How fast training steps are, and how much of that the processor could not have done faster.
#pragma once

#include "core/model/weights/product_log.h"
#include "core/training/plan.h"

#include <memory>
#include <stop_token>

namespace incipit {

class FrozenModel;

struct StepSpeed {
  std::int64_t steps = 0;     // measured, after the warm-up
  double secondsPerStep = 0;  // median
  double fastestStep = 0, slowestStep = 0;
  double examplesPerSecond = 0;
  double usefulOperations = 0;  // of a median step: products over rows that must be computed; attention's own are left out
  double firstLoss = 0, lastLoss = 0;
  std::map<ProductShape, std::int64_t> products;  // of the last step
};

// Trains `plan.steps` steps beyond two to warm up, without validation and files. Throws as train() does.
StepSpeed measureSteps(TrainingPlan plan, const std::shared_ptr<const FrozenModel>& model, const std::shared_ptr<const Examples>& examples,
                       std::stop_token stop = {});

// Rows of random ids, 24 to 51 tokens long, in the proportions of short classification texts: the last `scored` of each are learned
// (0: all). For Reading::TextAndTarget as many tokens are a target of their own; for
// Reading::TextAndClass each row is of one of two classes.
Examples randomExamples(std::int64_t rows, std::int64_t vocabularySize, std::int64_t scored, std::uint64_t seed,
                        Reading reading = Reading::OneText);

}  // namespace incipit
