// Unigram as sentencepiece computes it: one search over the whole text, with sums in single precision. Where two ways are equally good up
// to rounding, the rounding decides, so it is part of the ids.
#include "core/tokenizer/sentencepiece/piece_models.h"
#include "core/tokenizer/text/byte_trie.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <limits>

namespace incipit {
namespace {

class UnigramPieces : public TokenModel {
 public:
  explicit UnigramPieces(const PieceFile& file) : m_table(file) {
    float lowest = std::numeric_limits<float>::max();
    float highest = std::numeric_limits<float>::min();
    m_scores.reserve(file.pieces.size());
    for (std::size_t i = 0; i < file.pieces.size(); ++i) {
      const Piece& piece = file.pieces[i];
      m_scores.push_back({piece.score, piece.kind == Piece::Kind::UserDefined});
      if (piece.kind == Piece::Kind::Normal || piece.kind == Piece::Kind::UserDefined) m_trie.add(piece.text, static_cast<TokenId>(i));
      if (piece.kind != Piece::Kind::Normal) continue;
      lowest = std::min(lowest, piece.score);
      highest = std::max(highest, piece.score);
    }
    constexpr float unknownPenalty = 10;
    m_unknownScore = lowest - unknownPenalty;
    m_highestScore = highest;
  }

  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    std::string_view unknown;  // neighbouring unknown characters are one unknown token
    auto finishUnknown = [&] {
      if (!unknown.empty()) m_table.appendUnknown(unknown, ids);
      unknown = {};
    };
    for (const Step& step : bestPath(text)) {
      const std::string_view piece = text.substr(step.begin, step.end - step.begin);
      if (step.id == m_table.unknown()) {
        unknown = unknown.empty() ? piece : std::string_view(unknown.data(), unknown.size() + piece.size());
      } else {
        finishUnknown();
        ids.push_back(step.id);
      }
    }
    finishUnknown();
  }
  const Vocabulary& vocabulary() const override { return m_table.vocabulary(); }

 private:
  struct Score {
    float value;
    bool userDefined;
  };
  struct Step {
    std::size_t begin;
    std::size_t end;
    TokenId id;
  };
  struct Node {  // the best way to a place in the text
    float score = 0;
    TokenId id = -1;  // of its last piece
    std::size_t begin = std::string_view::npos;
  };

  // A piece that the user defined wins against any other of its length.
  double scoreOf(TokenId id, std::size_t length) const {
    const Score& score = m_scores[static_cast<std::size_t>(id)];
    return score.userDefined ? static_cast<float>(length) * m_highestScore - 0.1 : static_cast<double>(score.value);
  }

  std::vector<Step> bestPath(std::string_view text) const {
    std::vector<Node> nodes(text.size() + 1);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t character = characterLength(text[begin]);
      const float before = nodes[begin].score;
      auto offer = [&](std::size_t length, double score, TokenId id) {
        Node& node = nodes[begin + length];
        if (node.begin == std::string_view::npos || score > static_cast<double>(node.score)) node = {static_cast<float>(score), id, begin};
      };
      bool single = false;
      m_trie.eachPrefix(text.substr(begin), [&](std::size_t length, TokenId id) {
        single |= length == character;
        offer(length, scoreOf(id, length) + static_cast<double>(before), id);
      });
      if (!single) offer(character, static_cast<double>(m_unknownScore + before), m_table.unknown());
      begin += character;
    }
    std::vector<Step> steps;
    for (std::size_t end = text.size(); end > 0; end = nodes[end].begin)
      steps.push_back({nodes[end].begin, end, nodes[end].id});
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  PieceTable m_table;
  std::vector<Score> m_scores;
  ByteTrie m_trie;
  float m_unknownScore = 0;
  float m_highestScore = 0;
};

}  // namespace

std::unique_ptr<TokenModel> unigramPieces(const PieceFile& file) { return std::make_unique<UnigramPieces>(file); }

}  // namespace incipit
