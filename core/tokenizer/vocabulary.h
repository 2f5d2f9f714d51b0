// The tokens of a model and their ids, both ways.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace incipit {

class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(const Vocabulary&) = delete;  // the index points into m_texts
  Vocabulary& operator=(const Vocabulary&) = delete;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  void reserve(std::size_t count);
  // False when the token or the id is taken already.
  bool add(std::string token, TokenId id);

  std::optional<TokenId> id(std::string_view token) const;
  // nullptr for an id that stands for nothing.
  const std::string* token(TokenId id) const;
  // One past the largest id.
  TokenId size() const { return static_cast<TokenId>(m_byId.size()); }
  std::size_t count() const { return m_texts.size(); }

  // The largest id a file may give: beyond it is a damaged file, not a vocabulary.
  static constexpr TokenId largestId = (1 << 24) - 1;

 private:
  std::deque<std::string> m_texts;  // a deque never moves its elements
  std::vector<const std::string*> m_byId;
  std::unordered_map<std::string_view, TokenId> m_byText;
};

// Whether a JSON value is a whole number that can be an id.
bool isTokenId(const nlohmann::json& value);

class Station;
// The object {"token": id, ...} under `key` of a model station.
Vocabulary readVocabulary(const Station& station, const char* key);

}  // namespace incipit
