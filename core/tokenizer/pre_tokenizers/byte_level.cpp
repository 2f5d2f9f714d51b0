// ByteLevel: GPT-2's words, every byte of them written as a visible character.
#include "core/tokenizer/text/byte_level.h"

#include "core/tokenizer/pre_tokenizers/readers.h"
#include "core/tokenizer/pre_tokenizers/splitting.h"

namespace incipit {

namespace {

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool addPrefixSpace, bool useRegex) : m_addPrefixSpace(addPrefixSpace) {
    if (useRegex) m_words.emplace(gpt2WordPattern);
  }

  void split(Word word, std::vector<Word>& words) const override {
    if (m_addPrefixSpace && !word.text.starts_with(' ')) word.text.insert(0, 1, ' ');
    if (!m_words) {
      words.push_back({toByteLevel(word.text), word.startsText});
      return;
    }
    const std::string_view text = word.text;
    // The pattern leaves nothing between its matches: every character is a letter, a number, white space or something else.
    for (TextSpan span : m_words->matches(text))
      words.push_back({toByteLevel(text.substr(span.begin, span.end - span.begin)), word.startsText && span.begin == 0});
  }

 private:
  bool m_addPrefixSpace;
  std::optional<Regex> m_words;
};

}  // namespace

std::unique_ptr<PreTokenizer> readByteLevelPreTokenizer(const Station& station) {
  station.allowOnly({"add_prefix_space", "trim_offsets", "use_regex"});  // trim_offsets is about offsets alone, never about ids
  return std::make_unique<ByteLevel>(station.flagOr("add_prefix_space", true), station.flagOr("use_regex", true));
}

}  // namespace incipit
