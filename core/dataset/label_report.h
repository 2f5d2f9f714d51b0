// What is to be said of label words: how the tokenizer cuts them, and which others it would keep whole.
#pragma once

#include "core/dataset/report.h"

#include <vector>

namespace incipit {

// Sentences on the words of `classes`, whose suggestions are filled in.
std::vector<Finding> labelFindings(const ReportedData& data, std::vector<ClassReport>& classes);

// Words of one token that begin as `word` does, the nearest first; with `space`, as they stand behind one.
std::vector<std::string> wholeWordsLike(const std::string& word, bool space, const Tokenizer& tokenizer);

}  // namespace incipit
