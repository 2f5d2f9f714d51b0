// Metaspace: spaces become a visible character, which begins the word behind it.
#include "core/tokenizer/text/metaspace.h"

#include "core/tokenizer/pre_tokenizers/readers.h"
#include "core/tokenizer/pre_tokenizers/splitting.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class Metaspace : public PreTokenizer {
 public:
  explicit Metaspace(MetaspaceOptions options) : m_options(std::move(options)) {}

  void split(Word word, std::vector<Word>& words) const override {
    const std::string& mark = m_options.replacement;
    std::string text = replaceAll(word.text, " ", mark);
    const bool prepend = m_options.prepend == PrependScheme::Always || (m_options.prepend == PrependScheme::First && word.startsText);
    if (prepend && !text.starts_with(mark)) text.insert(0, mark);
    word.text = std::move(text);
    if (!m_options.split) return words.push_back(std::move(word));

    std::vector<TextSpan> marks;
    for (std::size_t at = word.text.find(mark); at != std::string::npos; at = word.text.find(mark, at + mark.size()))
      marks.push_back({at, at + mark.size()});
    appendSplit(word, partsOf(word.text.size(), marks), SplitBehavior::MergedWithNext, words);
  }

 private:
  MetaspaceOptions m_options;
};

}  // namespace

std::unique_ptr<PreTokenizer> readMetaspacePreTokenizer(const Station& station) {
  return std::make_unique<Metaspace>(readMetaspaceOptions(station));
}

}  // namespace incipit
