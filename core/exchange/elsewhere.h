// What a prompt needs that no other program has, PEFT among them: said wherever it is taken away.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <string>

namespace incipit {

// In sentences; empty: other programs compute what Incipit computes.
std::string differenceElsewhere(const SoftPrompt& prompt);

}  // namespace incipit
