// The two ways sentencepiece cuts a prepared text into pieces, to the same ids as its own library.
#pragma once

#include "core/tokenizer/models/token_model.h"
#include "core/tokenizer/sentencepiece/piece_file.h"

#include <array>

namespace incipit {

// What both have in common: the pieces by id, and what stands for text that is none of them.
class PieceTable {
 public:
  explicit PieceTable(const PieceFile& file);

  const Vocabulary& vocabulary() const { return m_vocabulary; }
  TokenId unknown() const { return m_unknown; }
  bool fallsBackToBytes() const { return m_byteFallback; }
  // A stretch of unknown characters: their bytes as tokens where the model has those, one unknown token otherwise.
  void appendUnknown(std::string_view text, std::vector<TokenId>& ids) const;

 private:
  Vocabulary m_vocabulary;
  TokenId m_unknown = 0;
  bool m_byteFallback = false;
  std::array<TokenId, 256> m_bytes{};
};

// The pieces with the largest sum of scores. Throws FormatError without a file name when the pieces contradict one another.
std::unique_ptr<TokenModel> unigramPieces(const PieceFile& file);
// Neighbours are joined, those first whose joint piece has the highest score.
std::unique_ptr<TokenModel> bpePieces(const PieceFile& file);

}  // namespace incipit
