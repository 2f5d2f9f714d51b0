// Byte pair encoding as sentencepiece does it: no list of merges, but any two neighbours whose joint text is a piece may be joined.
#include "core/tokenizer/models/bpe.h"
#include "core/tokenizer/sentencepiece/piece_models.h"
#include "core/tokenizer/sentencepiece/preparation.h"
#include "core/tokenizer/text/byte_trie.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>

namespace incipit {
namespace {

class BpePieces : public TokenModel {
 public:
  explicit BpePieces(const PieceFile& file) : m_table(file) {
    std::vector<TokenId> normal;
    for (std::size_t i = 0; i < file.pieces.size(); ++i) {
      if (file.pieces[i].kind == Piece::Kind::UserDefined) m_userDefined.add(file.pieces[i].text, static_cast<TokenId>(i));
      if (file.pieces[i].kind == Piece::Kind::Normal) normal.push_back(static_cast<TokenId>(i));
    }
    addSymbols(file, normal);
    addMerges(file, normal);
  }

  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    bool unknownBefore = false;
    std::size_t begin = 0;
    // Pieces that the user defined stand alone; nothing is joined across them.
    for (std::size_t at = 0; at < text.size() && !m_userDefined.empty();) {
      std::size_t length = 0;
      TokenId id = -1;
      m_userDefined.eachPrefix(text.substr(at), [&](std::size_t matched, TokenId token) { length = matched, id = token; });
      if (length == 0) {
        at += characterLength(text[at]);
        continue;
      }
      encodeStretch(text.substr(begin, at - begin), ids, unknownBefore);
      ids.push_back(id);
      unknownBefore = false;
      begin = at += length;
    }
    encodeStretch(text.substr(begin), ids, unknownBefore);
  }
  const Vocabulary& vocabulary() const override { return m_table.vocabulary(); }

 private:
  // Where no piece reaches from one word into the next, words are joined one by one, and most of them come from the cache.
  void encodeStretch(std::string_view text, std::vector<TokenId>& ids, bool& unknownBefore) const {
    if (!m_splitsAtSpaces) return encodeWord(text, ids, unknownBefore);
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t letters = begin;
      while (text.substr(letters).starts_with(pieceSpace))
        letters += pieceSpace.size();
      const std::size_t end = std::min(text.find(pieceSpace, letters), text.size());
      encodeWord(text.substr(begin, end - begin), ids, unknownBefore);
      begin = end;
    }
  }

  void encodeWord(std::string_view word, std::vector<TokenId>& ids, bool& unknownBefore) const {
    const bool cached = word.size() <= WordCache::longestWord;
    if (cached && m_cache.find(word, ids)) {
      unknownBefore = false;
      return;
    }
    const std::size_t before = ids.size();
    bool allKnown = true;
    std::vector<TokenId> symbols;
    for (std::size_t at = 0; at < word.size();) {
      const std::string_view character = word.substr(at, characterLength(word[at]));
      at += character.size();
      if (const auto symbol = m_symbols.id(character)) {
        symbols.push_back(*symbol);
        continue;
      }
      join(symbols, ids, unknownBefore);
      allKnown = false;
      appendUnknown(character, ids, unknownBefore);
    }
    allKnown &= join(symbols, ids, unknownBefore);
    if (cached && allKnown) m_cache.keep(word, std::span(ids).subspan(before));
  }

  // False when a character was left over that is no piece of its own.
  bool join(std::vector<TokenId>& symbols, std::vector<TokenId>& ids, bool& unknownBefore) const {
    mergeAll(symbols, m_merges);
    bool allKnown = true;
    for (const TokenId symbol : symbols) {
      if (symbol < m_table.vocabulary().size()) {
        ids.push_back(symbol);
        unknownBefore = false;
      } else {
        appendUnknown(*m_symbols.token(symbol), ids, unknownBefore);
        allKnown = false;
      }
    }
    symbols.clear();
    return allKnown;
  }

  // Unknown characters behind one another are one unknown token, but their bytes are written out one by one.
  void appendUnknown(std::string_view character, std::vector<TokenId>& ids, bool& unknownBefore) const {
    if (!unknownBefore || m_table.fallsBackToBytes()) m_table.appendUnknown(character, ids);
    unknownBefore = true;
  }

  // What can be joined: the pieces, and characters that occur in pieces without being one, under ids beyond the vocabulary's.
  void addSymbols(const PieceFile& file, const std::vector<TokenId>& normal) {
    for (const TokenId id : normal)
      m_symbols.add(file.pieces[static_cast<std::size_t>(id)].text, id);
    TokenId next = m_table.vocabulary().size();
    for (const TokenId id : normal) {
      const std::string_view text = file.pieces[static_cast<std::size_t>(id)].text;
      bool insideWord = false;
      eachCharacter(text, [&](char32_t, std::string_view character) {
        if (!m_symbols.id(character)) m_symbols.add(std::string(character), next++);
        if (character == pieceSpace && insideWord) m_splitsAtSpaces = false;
        insideWord |= character != pieceSpace;
      });
    }
  }

  // Every way to cut a piece in two is a merge. Pieces of one score are joined from left to right, so they share a rank.
  void addMerges(const PieceFile& file, std::vector<TokenId> normal) {
    auto piece = [&](TokenId id) -> const Piece& { return file.pieces[static_cast<std::size_t>(id)]; };
    std::stable_sort(normal.begin(), normal.end(), [&](TokenId a, TokenId b) { return piece(a).score > piece(b).score; });
    std::int32_t rank = 0;
    for (std::size_t i = 0; i < normal.size(); ++i) {
      if (i > 0 && piece(normal[i]).score != piece(normal[i - 1]).score) ++rank;
      const std::string_view text = piece(normal[i]).text;
      for (std::size_t cut = characterLength(text[0]); cut < text.size(); cut += characterLength(text[cut])) {
        const auto left = m_symbols.id(text.substr(0, cut)), right = m_symbols.id(text.substr(cut));
        if (left && right) m_merges.set(*left, *right, {rank, normal[i]});
      }
    }
  }

  PieceTable m_table;
  ByteTrie m_userDefined;
  Vocabulary m_symbols;
  MergeTable m_merges;
  bool m_splitsAtSpaces = true;
  mutable WordCache m_cache;
};

}  // namespace

std::unique_ptr<TokenModel> bpePieces(const PieceFile& file) { return std::make_unique<BpePieces>(file); }

}  // namespace incipit
