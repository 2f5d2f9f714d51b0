// The checkpoint of a run: everything needed to go on to the same numbers, in one file.
#pragma once

#include "core/training/train.h"

#include <filesystem>

namespace incipit {

// One safetensors file, replaced as a whole: prompts and optimiser moments as tensors, everything else as JSON in its metadata. Whenever
// a run is killed, the file is the older state or the newer one, never a mixture.
void writeCheckpoint(const std::filesystem::path& file, const TrainingState& state);
// Throws FileError, or FormatError naming what is missing.
TrainingState readCheckpointFile(const std::filesystem::path& file);

}  // namespace incipit
