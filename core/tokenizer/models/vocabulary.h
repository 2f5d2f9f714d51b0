// The tokens of a model and their ids, both ways.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

class Vocabulary {
 public:
  void reserve(std::size_t count);
  // False when the token or the id is taken already.
  bool add(std::string token, TokenId id);

  std::optional<TokenId> id(std::string_view token) const;
  // nullptr for an id that stands for nothing.
  const std::string* token(TokenId id) const;
  // One past the largest id.
  TokenId size() const { return static_cast<TokenId>(m_tokens.size()); }

  // The largest id a file may give: beyond it is a damaged file, not a vocabulary.
  static constexpr TokenId largestId = (1 << 24) - 1;

 private:
  std::size_t place(std::string_view token) const;
  void grow(std::size_t slots);

  std::vector<std::optional<std::string>> m_tokens;  // by id
  // A hash table with open addressing that holds ids, -1 where it is empty; a power of two of slots, at most half of them in use.
  std::vector<TokenId> m_slots = std::vector<TokenId>(16, -1);
  std::size_t m_count = 0;
};

// Whether a JSON value is a whole number that can be an id.
bool isTokenId(const nlohmann::json& value);

class Station;
// The object {"token": id, ...} under `key` of a model station.
Vocabulary readVocabulary(const Station& station, const char* key);

}  // namespace incipit
