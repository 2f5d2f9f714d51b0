// The pre-tokenizer station of tokenizer.json: text -> words, the pieces that the model never looks across.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace incipit {

class Station;

struct Word {
  std::string text;
  bool startsText = false;  // at the very beginning of what was given to encode()
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  // Appends the words of `word` to `words`; none of them is empty.
  virtual void split(Word word, std::vector<Word>& words) const = 0;
};

std::unique_ptr<PreTokenizer> readPreTokenizer(const Station& station);

}  // namespace incipit
