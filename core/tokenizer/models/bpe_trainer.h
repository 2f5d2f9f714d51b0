// Trains a byte-level BPE vocabulary and writes it as a tokenizer folder in the Hugging Face layout.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

struct BpeTrainingOptions {
  int vocabularySize = 4096;                                   // special tokens and the 256 bytes included
  std::vector<std::string> specialTokens = {"<|endoftext|>"};  // the first is BOS, EOS and unknown token; never part of a word
  int minimumFrequency = 2;                                    // pairs seen less often are not merged
};

// Words are GPT-2's. Ids: special tokens, then the 256 bytes in GPT-2's order, then one per merge. The vocabulary is smaller than asked
// for when the texts run out of pairs. Writes tokenizer.json and tokenizer_config.json. Throws PlanError for impossible options.
void trainByteLevelBpe(const std::vector<std::string>& texts, const BpeTrainingOptions& options, const std::filesystem::path& folder);

}  // namespace incipit
