// Which tokens of a vocabulary may be neighbours: half of it are pieces of words that say nothing to a reader.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <vector>

namespace incipit {

struct Examples;

struct TokenFilter {
  bool wholeWords = false;           // a token that begins a word in running text, and is letters only
  bool noSpecial = false;            // none of <s>, </s>, <pad> ...
  const Examples* seenIn = nullptr;  // only what these hold (the first 20,000 of them); null: whatever

  bool any() const { return wholeWords || noSpecial || seenIn; }
};

// For every id below `vocabulary`: whether it passes. Ids that the tokenizer has no token for pass no filter but "seen".
std::vector<bool> tokensThatPass(const TokenFilter& filter, const Tokenizer& tokenizer, std::int64_t vocabulary);

}  // namespace incipit
