// Every type of pre-tokenizer has a file in this folder and a line in the list of pre_tokenizer.cpp.
#pragma once

#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"
#include "core/tokenizer/station.h"

namespace incipit {

std::unique_ptr<PreTokenizer> readBertPreTokenizer(const Station& station);
std::unique_ptr<PreTokenizer> readByteLevelPreTokenizer(const Station& station);
std::unique_ptr<PreTokenizer> readCharDelimiterSplit(const Station& station);
std::unique_ptr<PreTokenizer> readDigits(const Station& station);
std::unique_ptr<PreTokenizer> readMetaspacePreTokenizer(const Station& station);
std::unique_ptr<PreTokenizer> readPreTokenizerSequence(const Station& station);
std::unique_ptr<PreTokenizer> readPunctuation(const Station& station);
std::unique_ptr<PreTokenizer> readSplit(const Station& station);
std::unique_ptr<PreTokenizer> readWhitespace(const Station& station);
std::unique_ptr<PreTokenizer> readWhitespaceSplit(const Station& station);

}  // namespace incipit
