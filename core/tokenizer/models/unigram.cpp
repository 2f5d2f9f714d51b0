// Unigram: of all ways to cut a word into tokens the one with the best sum of log probabilities, found by Viterbi's algorithm.
// Kudo 2018, "Subword Regularization".
#include "core/support/error.h"
#include "core/tokenizer/models/readers.h"
#include "core/tokenizer/text/byte_fallback.h"
#include "core/tokenizer/text/byte_trie.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace incipit {

namespace {

struct ScoredVocabulary {
  Vocabulary vocabulary;
  std::vector<double> scores;  // by id: natural logarithms of probabilities
};

class Unigram : public TokenModel {
 public:
  Unigram(ScoredVocabulary scored, std::optional<TokenId> unknown, bool byteFallback)
      : m_vocabulary(std::move(scored.vocabulary)), m_scores(std::move(scored.scores)), m_unknown(unknown) {
    for (TokenId id = 0; id < m_vocabulary.size(); ++id)
      if (const std::string* token = m_vocabulary.token(id)) m_trie.add(*token, id);
    // A character without a token costs more than any token.
    constexpr double unknownPenalty = 10.0;
    m_unknownScore = (m_scores.empty() ? 0.0 : *std::min_element(m_scores.begin(), m_scores.end())) - unknownPenalty;
    if (byteFallback)
      for (std::size_t byte = 0; byte < 256; ++byte)
        m_byteTokens[byte] = m_vocabulary.id(byteFallbackToken(static_cast<unsigned char>(byte)));
  }

  void encode(std::string_view word, std::vector<TokenId>& ids) const override {
    std::string_view unknown;  // neighbouring unknown characters are one unknown token
    auto finishUnknown = [&] {
      if (!unknown.empty()) appendUnknown(unknown, ids);
      unknown = {};
    };
    for (const Step& step : bestPath(word)) {
      std::string_view text = word.substr(step.begin, step.end - step.begin);
      if (step.id == unknownStep || step.id == m_unknown) {
        unknown = unknown.empty() ? text : std::string_view(unknown.data(), unknown.size() + text.size());
      } else {
        finishUnknown();
        ids.push_back(step.id);
      }
    }
    finishUnknown();
  }
  const Vocabulary& vocabulary() const override { return m_vocabulary; }

 private:
  static constexpr TokenId unknownStep = -1;
  struct Step {
    std::size_t begin;
    std::size_t end;
    TokenId id;
  };
  struct Node {  // the best way to a place in the word
    double score = 0;
    std::size_t begin = std::string_view::npos;  // where its last token begins; npos when there is no way yet
    TokenId id = unknownStep;
  };

  std::vector<Step> bestPath(std::string_view word) const {
    std::vector<Node> nodes(word.size() + 1);
    for (std::size_t begin = 0; begin < word.size();) {
      const std::size_t character = characterLength(word[begin]);
      const double before = nodes[begin].score;
      auto offer = [&](std::size_t length, double score, TokenId id) {
        Node& node = nodes[begin + length];
        if (node.begin == std::string_view::npos || before + score > node.score) node = {before + score, begin, id};
      };
      bool single = false;
      m_trie.eachPrefix(word.substr(begin), [&](std::size_t length, TokenId id) {
        single |= length == character;
        offer(length, m_scores[static_cast<std::size_t>(id)], id);
      });
      if (!single) offer(character, m_unknownScore, unknownStep);
      begin += character;
    }
    std::vector<Step> steps;
    for (std::size_t end = word.size(); end > 0; end = nodes[end].begin)
      steps.push_back({nodes[end].begin, end, nodes[end].id});
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  // Fused unknown characters may happen to spell a token.
  void appendUnknown(std::string_view text, std::vector<TokenId>& ids) const {
    if (auto id = m_vocabulary.id(text)) return ids.push_back(*id);
    auto tokenOf = [&](char byte) { return m_byteTokens[static_cast<unsigned char>(byte)]; };
    if (std::all_of(text.begin(), text.end(), [&](char byte) { return tokenOf(byte).has_value(); })) {
      for (char byte : text)
        ids.push_back(*tokenOf(byte));
    } else if (m_unknown) {
      ids.push_back(*m_unknown);
    } else {
      throw DataError("The text holds '" + std::string(text) + "', for which this tokenizer has neither a token nor an unknown token.");
    }
  }

  Vocabulary m_vocabulary;
  std::vector<double> m_scores;
  std::optional<TokenId> m_unknown;
  ByteTrie m_trie;
  double m_unknownScore = 0;
  std::array<std::optional<TokenId>, 256> m_byteTokens;  // none without byte_fallback
};

// [["<pad>", 0.0], ["▁the", -3.2], ...]: a token's id is its place.
ScoredVocabulary readScoredVocabulary(const Station& station) {
  const nlohmann::json& list = station.at("vocab");
  if (!list.is_array()) station.fail("needs a list of tokens with scores as 'vocab'.");
  ScoredVocabulary scored;
  scored.vocabulary.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const nlohmann::json& entry = list[i];
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
      station.fail("has an entry in 'vocab' that is not a token with a score: " + entry.dump() + ".", "Download the tokenizer again.");
    if (!scored.vocabulary.add(entry[0].get<std::string>(), static_cast<TokenId>(i)))
      station.fail("has the token '" + entry[0].get<std::string>() + "' twice.", "Download the tokenizer again.");
    scored.scores.push_back(entry[1].get<double>());
  }
  return scored;
}

}  // namespace

std::unique_ptr<TokenModel> readUnigram(const Station& station) {
  station.allowOnly({"unk_id", "vocab", "byte_fallback"});
  ScoredVocabulary scored = readScoredVocabulary(station);
  std::optional<TokenId> unknown;
  if (station.has("unk_id")) {
    if (station.count("unk_id") >= scored.scores.size())
      station.fail("has an unk_id beyond its vocabulary.", "Download the tokenizer again.");
    unknown = static_cast<TokenId>(station.count("unk_id"));
  }
  return std::make_unique<Unigram>(std::move(scored), unknown, station.flagOr("byte_fallback", false));
}

}  // namespace incipit
