// Byte pair encoding: a word starts as single characters, and the two neighbours with the earliest merge become one until none is left.
// Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units".
#pragma once

#include "core/tokenizer/models/merge_table.h"
#include "core/tokenizer/models/token_model.h"
#include "core/tokenizer/models/word_cache.h"

#include <array>
#include <string>

namespace incipit {

struct BpeOptions {
  std::optional<std::string> unknownToken;  // for characters outside the vocabulary; without it they vanish, as in the tokenizers library
  std::string continuingPrefix;             // in front of every character but the first of a word
  std::string endOfWordSuffix;              // behind the last character of a word
  bool fuseUnknown = false;                 // neighbouring unknown characters become one unknown token
  bool byteFallback = false;                // characters outside the vocabulary become tokens like <0xE2>, where all of them exist
  bool ignoreMerges = false;                // a word that is a token as a whole is that token, whatever the merges say
};

class Bpe : public TokenModel {
 public:
  using MergeList = std::vector<std::pair<std::string_view, std::string_view>>;  // looked at in the constructor alone

  // Throws FormatError, without a file name, when a merge or the unknown token speaks of a token that is not in the vocabulary.
  Bpe(Vocabulary vocabulary, const MergeList& merges, BpeOptions options);

  void encode(std::string_view word, std::vector<TokenId>& ids) const override;
  const Vocabulary& vocabulary() const override { return m_vocabulary; }

 private:
  void addMerges(const MergeList& merges);
  bool neverMergesAcrossWords(const MergeList& merges) const;
  void encodeWord(std::string_view word, std::vector<TokenId>& ids) const;
  std::vector<TokenId> characters(std::string_view word) const;
  bool appendBytes(std::string_view text, std::vector<TokenId>& ids) const;

  Vocabulary m_vocabulary;
  BpeOptions m_options;
  MergeTable m_merges;
  bool m_splitsAtMarks = false;  // words can be told apart by U+2581, so that a whole text need not be merged as one
  std::optional<TokenId> m_unknown;
  std::array<std::optional<TokenId>, 256> m_byteTokens;
  mutable WordCache m_cache;
};

// Merges `ids` in place, in O(n log n).
void mergeAll(std::vector<TokenId>& ids, const MergeTable& merges);

std::unique_ptr<TokenModel> readBpe(const Station& station);

}  // namespace incipit
