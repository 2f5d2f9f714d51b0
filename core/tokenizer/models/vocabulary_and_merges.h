// Older folders: vocab.json + merges.txt, whose stations follow from the tokenizer's class.
#pragma once

#include "core/support/json.h"
#include "core/tokenizer/tokenizer_config.h"

#include <filesystem>

namespace incipit {

// The tokenizer.json that transformers would make of the two files. Throws FormatError for a class whose stations are not known here.
Json vocabularyAndMergesAsTokenizerJson(const std::filesystem::path& folder, const TokenizerConfig& config);

}  // namespace incipit
