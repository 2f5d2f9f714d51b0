// BertNormalizer: control characters out, Chinese characters apart, accents off, lower case; each can be switched off.
#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

struct BertOptions {
  bool cleanText;
  bool handleChineseCharacters;
  bool stripAccents;
  bool lowercase;
};

// The blocks of CJK ideographs, which are written without spaces (not Hiragana, Katakana, Hangul).
bool isChinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

template <class Write>
std::string rewritten(const std::string& text, Write write) {
  std::string result;
  result.reserve(text.size());
  eachCharacter(text, [&](char32_t character, std::string_view) { write(result, character); });
  return result;
}

class BertNormalizer : public Normalizer {
 public:
  explicit BertNormalizer(BertOptions options) : m_options(options) {}

  std::string normalize(std::string text) const override {
    if (m_options.cleanText) text = rewritten(text, writeClean);
    if (m_options.handleChineseCharacters) text = rewritten(text, writeApart);
    if (m_options.stripAccents) text = rewritten(normalForm(text, NormalForm::D), writeWithoutAccents);
    if (m_options.lowercase) text = rewritten(text, appendLowercase);
    return text;
  }

 private:
  static void writeClean(std::string& text, char32_t c) {
    const bool lineOrTab = c == '\t' || c == '\n' || c == '\r';  // control characters by category, white space to BERT
    if (c == 0 || c == 0xFFFD || (isOther(c) && !lineOrTab)) return;
    appendCharacter(text, isWhitespace(c) ? U' ' : c);
  }
  static void writeApart(std::string& text, char32_t c) {
    if (isChinese(c)) text += ' ';
    appendCharacter(text, c);
    if (isChinese(c)) text += ' ';
  }
  static void writeWithoutAccents(std::string& text, char32_t c) {
    if (!isNonspacingMark(c)) appendCharacter(text, c);
  }

  BertOptions m_options;
};

}  // namespace

std::unique_ptr<Normalizer> readBertNormalizer(const Station& station) {
  station.allowOnly({"clean_text", "handle_chinese_chars", "strip_accents", "lowercase"});
  const bool lowercase = station.flagOr("lowercase", true);
  return std::make_unique<BertNormalizer>(BertOptions{station.flagOr("clean_text", true), station.flagOr("handle_chinese_chars", true),
                                                      station.flagOr("strip_accents", lowercase), lowercase});
}

}  // namespace incipit
