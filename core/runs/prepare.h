// A run's record and checkpoint back into a run that can go on, for what goes on with it (prepare.cpp) and what judges it.
#pragma once

#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"

namespace incipit {

// Opens model and data as the record's plan names them. Throws when they are no longer those of the run.
PreparedRun reopened(const RunRecord& record, TrainingState state, const Watch& watch = {});

}  // namespace incipit
