// The first example of a run in words, as the model reads it.
#pragma once

#include "core/runs/carry_out.h"

#include <string>

namespace incipit::cli {

// How many tokens it has, which of them the loss counts («...», also in ids without a tokenizer), and the answer that stands apart from
// the text, where there is one.
std::string firstExample(const PreparedRun& run);
std::string firstExample(const Examples& examples, const Tokenizer* tokenizer, const ModelCard& card, std::int64_t virtualTokens);

}  // namespace incipit::cli
