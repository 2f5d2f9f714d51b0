// How the rows of a data file become examples where a finished prompt is judged or looked at.
#pragma once

#include "core/dataset/table.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/json.h"
#include "core/training/plan.h"

#include <string>

namespace incipit::cli {

// As in the run that the prompt is from, where it is one, and as the flags say. `prompt`: its path, empty for the bare model.
TrainingPlan dataPlan(const std::string& prompt, const Json& given);
// A prompt that was trained among its text is judged there too, unless somebody says otherwise. `path`: of the prompt.
void placeAsTrained(TrainingPlan& plan, const SoftPrompt& prompt, const std::string& path);
// Data with other columns than the run's is read by its own, unless somebody named the run's.
void leaveOpen(TrainingPlan& plan, const Table& table);

}  // namespace incipit::cli
