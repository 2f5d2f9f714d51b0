// A prompt as one readable JSON file: origin and rows.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <filesystem>

namespace incipit {

// Every number in the fewest digits that give the same fp32 back.
void writeJsonPrompt(const std::filesystem::path& file, const SoftPrompt& prompt);
SoftPrompt readJsonPrompt(const std::filesystem::path& file);

}  // namespace incipit
