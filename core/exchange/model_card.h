// The README.md beside an adapter: what it is, in the front matter the Hugging Face Hub reads and in words.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <string>

namespace incipit {

std::string modelCard(const SoftPrompt& prompt);

}  // namespace incipit
