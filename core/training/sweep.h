// Several runs in one pass through the frozen model: different lengths, starts, rates and data, each with the numbers it has alone. The
// weights are read once for all of them, and products of many rows run nearer the processor's limit than those of few.
#pragma once

#include "core/training/train.h"

#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct SweepMember {
  TrainingPlan plan;
  TrainingInput input;  // all with the same model
  TrainingListener listener;
  CheckpointListener keep;  // may be empty
  std::stop_token stop;     // of this run; the others go on
};

struct SweepOutcome {
  std::optional<TrainingResult> result;
  std::string failure;  // why there is none: the sentence of a loss that is no number
};

// An outcome a member, in their order. Runs of different lengths leave when they are done. Throws as train() does for what concerns all: a
// plan that cannot start, a batch without a scored token.
std::vector<SweepOutcome> sweep(const std::vector<SweepMember>& members);

}  // namespace incipit
