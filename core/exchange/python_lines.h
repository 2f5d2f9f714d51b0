// The lines of Python that use an exported adapter, with its own model, class and template.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <string>

namespace incipit {

// `base`: what transformers loads the model by; `folder`: of the adapter. They run as they stand, with peft and transformers installed.
std::string pythonLines(const SoftPrompt& prompt, const std::string& base, const std::string& folder);
// A text as Python writes it, in double quotes.
std::string pythonText(const std::string& text);

}  // namespace incipit
