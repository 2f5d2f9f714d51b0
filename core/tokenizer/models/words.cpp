// The models without merges: WordLevel (a word is a token or unknown) and WordPiece (the longest piece first, from left to right).
#include "core/tokenizer/models/readers.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>

namespace incipit {

namespace {

TokenId readUnknown(const Station& station, const Vocabulary& vocabulary, const std::string& otherwise) {
  const std::string token = station.textOr("unk_token", otherwise);
  auto id = vocabulary.id(token);
  if (!id) station.fail("names the unknown token '" + token + "', which is not in the vocabulary.", "Download the tokenizer again.");
  return *id;
}

class WordLevel : public TokenModel {
 public:
  WordLevel(Vocabulary vocabulary, TokenId unknown) : m_vocabulary(std::move(vocabulary)), m_unknown(unknown) {}

  void encode(std::string_view word, std::vector<TokenId>& ids) const override { ids.push_back(m_vocabulary.id(word).value_or(m_unknown)); }
  const Vocabulary& vocabulary() const override { return m_vocabulary; }

 private:
  Vocabulary m_vocabulary;
  TokenId m_unknown;
};

class WordPiece : public TokenModel {
 public:
  WordPiece(Vocabulary vocabulary, TokenId unknown, std::string prefix, std::size_t longestWord)
      : m_vocabulary(std::move(vocabulary)), m_unknown(unknown), m_prefix(std::move(prefix)), m_longestWord(longestWord) {
    for (TokenId id = 0; id < m_vocabulary.size(); ++id)
      if (const std::string* token = m_vocabulary.token(id)) m_longestToken = std::max(m_longestToken, token->size());
  }

  // A word that cannot be covered to its end is one unknown token, however much of it is known.
  void encode(std::string_view word, std::vector<TokenId>& ids) const override {
    std::size_t characters = 0;
    eachCharacter(word, [&](char32_t, std::string_view) { ++characters; });
    if (characters > m_longestWord) return ids.push_back(m_unknown);
    const std::size_t before = ids.size();
    std::string piece;
    for (std::size_t begin = 0; begin < word.size();) {
      std::size_t end = word.size() - begin > m_longestToken ? characterBefore(word, begin + m_longestToken) : word.size();
      std::optional<TokenId> id;
      while (end > begin) {
        piece = begin > 0 ? m_prefix : "";
        piece += word.substr(begin, end - begin);
        if ((id = m_vocabulary.id(piece))) break;
        end = characterBefore(word, end - 1);
      }
      if (!id) {
        ids.resize(before);
        return ids.push_back(m_unknown);
      }
      ids.push_back(*id);
      begin = end;
    }
  }
  const Vocabulary& vocabulary() const override { return m_vocabulary; }

 private:
  // The last place at or before `at` where a character begins.
  static std::size_t characterBefore(std::string_view word, std::size_t at) {
    while (at > 0 && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80)
      --at;
    return at;
  }

  Vocabulary m_vocabulary;
  TokenId m_unknown;
  std::string m_prefix;
  std::size_t m_longestToken = 0;  // in bytes: nothing longer is looked for, so the cost stays linear in the word
  std::size_t m_longestWord;       // in characters
};

}  // namespace

std::unique_ptr<TokenModel> readWordLevel(const Station& station) {
  station.allowOnly({"vocab", "unk_token"});
  Vocabulary vocabulary = readVocabulary(station, "vocab");
  TokenId unknown = readUnknown(station, vocabulary, "<unk>");
  return std::make_unique<WordLevel>(std::move(vocabulary), unknown);
}

std::unique_ptr<TokenModel> readWordPiece(const Station& station) {
  station.allowOnly({"vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word"});
  Vocabulary vocabulary = readVocabulary(station, "vocab");
  TokenId unknown = readUnknown(station, vocabulary, "[UNK]");
  return std::make_unique<WordPiece>(std::move(vocabulary), unknown, station.textOr("continuing_subword_prefix", "##"),
                                     station.countOr("max_input_chars_per_word", 100));
}

}  // namespace incipit
