// What happens to the matches of a splitting pattern: the behaviours of the tokenizers library.
#pragma once

#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"
#include "core/tokenizer/text/regex.h"

#include <vector>

namespace incipit {

enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

// Refuses names that are none of them.
SplitBehavior readSplitBehavior(const Station& station, const char* key);

// A text cut up completely; matched parts are those the pattern found.
struct SplitPart {
  std::size_t begin;
  std::size_t end;
  bool matched;
};

// `matches` in order and not overlapping; with `invert` the parts between them count as matched.
std::vector<SplitPart> partsOf(std::size_t size, const std::vector<TextSpan>& matches, bool invert = false);

// Every character for which `chosen` is true is a match of its own.
std::vector<SplitPart> partsWhere(const std::string& text, bool (*chosen)(char32_t));

void appendSplit(const Word& word, const std::vector<SplitPart>& parts, SplitBehavior behavior, std::vector<Word>& words);

}  // namespace incipit
