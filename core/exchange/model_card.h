// The README.md beside an adapter: what it is, in the front matter the Hugging Face Hub reads and in words.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <filesystem>
#include <string>

namespace incipit {

std::string modelCard(const SoftPrompt& prompt);

// A README.md that somebody else wrote, or that was changed into something else: an export leaves it as it is.
bool isForeignCard(const std::filesystem::path& file);

}  // namespace incipit
