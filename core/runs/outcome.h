// What a run tells the prompt that it made: how it was trained, and what came of it.
#pragma once

#include "core/training/train.h"

#include <filesystem>

namespace incipit {

// Before the first step: how the texts were put, on which data.
PromptUse useOf(const Examples& training, const std::filesystem::path& data);
// At the end: the steps it was trained for, and its figures.
SoftPrompt withOutcome(SoftPrompt prompt, const Summary& summary);

}  // namespace incipit
