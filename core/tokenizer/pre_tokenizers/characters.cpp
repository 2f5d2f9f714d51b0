// The pre-tokenizers that decide character by character: BertPreTokenizer, CharDelimiterSplit, Digits, Punctuation, Whitespace,
// WhitespaceSplit.
#include "core/tokenizer/pre_tokenizers/readers.h"
#include "core/tokenizer/pre_tokenizers/splitting.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class SplitWhere : public PreTokenizer {
 public:
  SplitWhere(bool (*chosen)(char32_t), SplitBehavior behavior) : m_chosen(chosen), m_behavior(behavior) {}

  void split(Word word, std::vector<Word>& words) const override { appendSplit(word, partsWhere(word.text, m_chosen), m_behavior, words); }

 private:
  bool (*m_chosen)(char32_t);
  SplitBehavior m_behavior;
};

// White space goes, every punctuation character stands alone.
class BertPreTokenizer : public PreTokenizer {
 public:
  void split(Word word, std::vector<Word>& words) const override {
    std::vector<Word> apart;
    appendSplit(word, partsWhere(word.text, isWhitespace), SplitBehavior::Removed, apart);
    for (const Word& piece : apart)
      appendSplit(piece, partsWhere(piece.text, isPunctuation), SplitBehavior::Isolated, words);
  }
};

// The matches of \w+|[^\w\s]+ : runs of word characters, and runs of what is neither word nor space.
class Whitespace : public PreTokenizer {
 public:
  void split(Word word, std::vector<Word>& words) const override {
    enum class Kind { Space, Word, Other };
    auto kindOf = [](char32_t c) { return isWord(c) ? Kind::Word : isWhitespace(c) ? Kind::Space : Kind::Other; };
    Kind kind = Kind::Space;
    std::size_t begin = 0;
    auto finish = [&](std::size_t end) {
      if (kind != Kind::Space) words.push_back({word.text.substr(begin, end - begin), word.startsText && begin == 0});
      begin = end;
    };
    eachCharacter(word.text, [&](char32_t character, std::string_view bytes) {
      Kind next = kindOf(character);
      if (next != kind) finish(static_cast<std::size_t>(bytes.data() - word.text.data()));
      kind = next;
    });
    finish(word.text.size());
  }
};

class CharDelimiterSplit : public PreTokenizer {
 public:
  explicit CharDelimiterSplit(char32_t delimiter) : m_delimiter(delimiter) {}

  void split(Word word, std::vector<Word>& words) const override {
    std::vector<TextSpan> matches;
    eachCharacter(word.text, [&](char32_t character, std::string_view bytes) {
      auto begin = static_cast<std::size_t>(bytes.data() - word.text.data());
      if (character == m_delimiter) matches.push_back({begin, begin + bytes.size()});
    });
    appendSplit(word, partsOf(word.text.size(), matches), SplitBehavior::Removed, words);
  }

 private:
  char32_t m_delimiter;
};

}  // namespace

std::unique_ptr<PreTokenizer> readBertPreTokenizer(const Station& station) {
  station.allowOnly({});
  return std::make_unique<BertPreTokenizer>();
}

std::unique_ptr<PreTokenizer> readCharDelimiterSplit(const Station& station) {
  station.allowOnly({"delimiter"});
  return std::make_unique<CharDelimiterSplit>(firstCharacter(station.character("delimiter")));
}

std::unique_ptr<PreTokenizer> readDigits(const Station& station) {
  station.allowOnly({"individual_digits"});
  bool individual = station.flagOr("individual_digits", false);
  return std::make_unique<SplitWhere>(isNumeric, individual ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
}

std::unique_ptr<PreTokenizer> readPunctuation(const Station& station) {
  station.allowOnly({"behavior"});
  return std::make_unique<SplitWhere>(isPunctuation,
                                      station.has("behavior") ? readSplitBehavior(station, "behavior") : SplitBehavior::Isolated);
}

std::unique_ptr<PreTokenizer> readWhitespace(const Station& station) {
  station.allowOnly({});
  return std::make_unique<Whitespace>();
}

std::unique_ptr<PreTokenizer> readWhitespaceSplit(const Station& station) {
  station.allowOnly({});
  return std::make_unique<SplitWhere>(isWhitespace, SplitBehavior::Removed);
}

}  // namespace incipit
