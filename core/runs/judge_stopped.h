// A run that was stopped between two validations, judged where it stands.
#pragma once

#include "core/training/train.h"

#include <filesystem>

namespace incipit {

// Validates the last step of the run in `folder` on all rows, keeps the better prompt, and writes all of it into the run: its events, its
// checkpoint, its adapter, and a new "stopped" with what came of it. The run can still go on. nullopt: a stop request cut it short, and
// nothing was written. Throws PlanError for a run that came to its end, failed, or has no validation data.
std::optional<TrainingResult> judgeStopped(const std::filesystem::path& folder, const TrainingListener& listener,
                                           std::stop_token stop = {});

}  // namespace incipit
