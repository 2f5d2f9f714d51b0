// How sentencepiece prepares a text before it looks for pieces: characters mapped, spaces tidied and written as U+2581.
#pragma once

#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"
#include "core/tokenizer/sentencepiece/character_map.h"
#include "core/tokenizer/sentencepiece/piece_file.h"
#include "core/tokenizer/text/byte_trie.h"

namespace incipit {

inline constexpr std::string_view pieceSpace = "\xE2\x96\x81";  // U+2581

// Where the space goes that makes "world" and "hello world" hold the same word.
enum class DummyPrefix {
  AsFileSays,  // in front of every stretch between added tokens: transformers' `legacy`
  TextOnly,    // in front of the text alone, and none behind an added token, where leading spaces are kept instead
  Nowhere      // leading spaces are kept
};

// A pre-tokenizer that leaves the text whole: one word, or none.
class PiecePreparation : public PreTokenizer {
 public:
  PiecePreparation(const PieceFile& file, DummyPrefix prefix);
  void split(Word word, std::vector<Word>& words) const override;

 private:
  struct Step {
    std::size_t length;     // of the text it stands for
    std::string_view text;  // what becomes of it
  };
  Step step(std::string_view text) const;

  CharacterMap m_characters;
  ByteTrie m_userDefined;  // pieces that are never rewritten
  bool m_removeExtra;
  bool m_addDummyPrefix;
  std::string_view m_space;
  DummyPrefix m_prefix;
};

}  // namespace incipit
