#include "core/support/error.h"
#include "core/tokenizer/sentencepiece/piece_models.h"
#include "core/tokenizer/text/byte_fallback.h"

namespace incipit {

PieceTable::PieceTable(const PieceFile& file) : m_byteFallback(file.byteFallback) {
  m_vocabulary.reserve(file.pieces.size());
  m_bytes.fill(-1);
  for (std::size_t i = 0; i < file.pieces.size(); ++i) {
    const Piece& piece = file.pieces[i];
    const auto id = static_cast<TokenId>(i);
    if (!m_vocabulary.add(piece.text, id)) throw FormatError("has the piece '" + piece.text + "' twice.", "Download the tokenizer again.");
    if (piece.kind == Piece::Kind::Unknown) m_unknown = id;
    if (piece.kind != Piece::Kind::Byte) continue;
    const auto byte = byteOfFallbackToken(piece.text);
    if (!byte) throw FormatError("has the byte piece '" + piece.text + "', which names no byte.", "Download the tokenizer again.");
    m_bytes[*byte] = id;
  }
  for (const TokenId id : m_bytes)
    if (m_byteFallback && id < 0) throw FormatError("falls back to bytes, but has not all 256 of them.", "Download the tokenizer again.");
}

void PieceTable::appendUnknown(std::string_view text, std::vector<TokenId>& ids) const {
  if (!m_byteFallback) return ids.push_back(m_unknown);
  for (const char byte : text)
    ids.push_back(m_bytes[static_cast<unsigned char>(byte)]);
}

}  // namespace incipit
