// BERT's folders: vocab.txt, one token a line, whose stations follow from tokenizer_config.json.
#pragma once

#include "core/support/json.h"
#include "core/tokenizer/tokenizer_config.h"

#include <filesystem>

namespace incipit {

// The tokenizer.json that transformers would make of the file. Throws FormatError for a class whose stations are not known here.
Json wordPiecesAsTokenizerJson(const std::filesystem::path& folder, const TokenizerConfig& config);

}  // namespace incipit
