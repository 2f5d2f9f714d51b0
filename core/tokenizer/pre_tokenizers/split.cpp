// Split: by a pattern of the file's own, with one of five behaviours.
#include "core/tokenizer/pre_tokenizers/readers.h"
#include "core/tokenizer/pre_tokenizers/splitting.h"
#include "core/tokenizer/text/pattern.h"

namespace incipit {

namespace {

class Split : public PreTokenizer {
 public:
  Split(Pattern pattern, SplitBehavior behavior, bool invert) : m_pattern(std::move(pattern)), m_behavior(behavior), m_invert(invert) {}

  void split(Word word, std::vector<Word>& words) const override {
    appendSplit(word, partsOf(word.text.size(), m_pattern.matches(word.text), m_invert), m_behavior, words);
  }

 private:
  Pattern m_pattern;
  SplitBehavior m_behavior;
  bool m_invert;
};

}  // namespace

std::unique_ptr<PreTokenizer> readSplit(const Station& station) {
  station.allowOnly({"pattern", "behavior", "invert"});
  return std::make_unique<Split>(Pattern(station), readSplitBehavior(station, "behavior"), station.flagOr("invert", false));
}

}  // namespace incipit
