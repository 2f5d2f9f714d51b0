// Tokens beside the model's own: special ones such as </s>, and words added later. They are cut out of a text before the model sees it.
#pragma once

#include "core/tokenizer/normalizers/normalizer.h"
#include "core/tokenizer/text/byte_trie.h"
#include "core/tokenizer/tokenizer.h"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace incipit {

struct AddedToken {
  std::string content;
  TokenId id = -1;
  bool special = false;
  bool normalized = false;  // looked for in the normalised text, in its own normalised form
  bool singleWord = false;  // only where no letter, digit or '_' touches it
  bool leftStrip = false;   // takes the white space in front of it along
  bool rightStrip = false;
};

class AddedTokens {
 public:
  // A token with a content or an id that is there already replaces it.
  void add(AddedToken token);
  // To be called once all are added.
  void prepare(const Normalizer* normalizer);

  // A piece of text between added tokens, or one of them.
  struct Part {
    std::size_t begin;
    std::size_t end;
    std::optional<TokenId> id;
  };
  enum class Stage { Raw, Normalized };  // of the two searches, the one before and the one behind the normalizer
  std::vector<Part> split(std::string_view text, Stage stage) const;

  const AddedToken* find(TokenId id) const;
  const AddedToken* find(std::string_view content) const;
  const std::map<TokenId, AddedToken>& all() const { return m_byId; }

 private:
  std::map<TokenId, AddedToken> m_byId;
  std::unordered_map<std::string, TokenId> m_byContent;
  ByteTrie m_raw;
  ByteTrie m_normalized;
};

}  // namespace incipit
