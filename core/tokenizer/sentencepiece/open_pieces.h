// A folder with spiece.model or tokenizer.model alone: the stations that transformers' own T5, Llama and Gemma tokenizers amount to.
#pragma once

#include "core/tokenizer/pipeline.h"
#include "core/tokenizer/tokenizer_config.h"

#include <filesystem>

namespace incipit {

// Adds to `config` the tokens that a class has without naming them (T5's <extra_id_0> ...). Throws FormatError for a class whose rules
// are not known here, and for a file that cannot be used.
Stations openPieces(const std::filesystem::path& file, TokenizerConfig& config);

}  // namespace incipit
