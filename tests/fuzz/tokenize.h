// What is done with every tokenizer that could be opened.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <string_view>

namespace incipit::fuzz {

// Encodes the text, decodes the ids at once and one by one, and looks at the vocabulary.
void tokenize(const Tokenizer& tokenizer, std::string_view text);

}  // namespace incipit::fuzz
