#include "core/tokenizer/vocabulary.h"

#include "core/tokenizer/station.h"

#include <nlohmann/json.hpp>

namespace incipit {

void Vocabulary::reserve(std::size_t count) {
  m_byId.reserve(count);
  m_byText.reserve(count);
}

bool Vocabulary::add(std::string token, TokenId id) {
  auto index = static_cast<std::size_t>(id);
  if (m_byText.contains(token) || (index < m_byId.size() && m_byId[index])) return false;
  if (index >= m_byId.size()) m_byId.resize(index + 1, nullptr);
  const std::string& kept = m_texts.emplace_back(std::move(token));
  m_byId[index] = &kept;
  m_byText.emplace(kept, id);
  return true;
}

std::optional<TokenId> Vocabulary::id(std::string_view token) const {
  auto found = m_byText.find(token);
  return found == m_byText.end() ? std::nullopt : std::optional(found->second);
}

const std::string* Vocabulary::token(TokenId id) const { return id >= 0 && id < size() ? m_byId[static_cast<std::size_t>(id)] : nullptr; }

bool isTokenId(const nlohmann::json& value) { return value.is_number_integer() && value >= 0 && value <= Vocabulary::largestId; }

Vocabulary readVocabulary(const Station& station, const char* key) {
  const nlohmann::json& entries = station.at(key);
  if (!entries.is_object()) station.fail("needs an object {token: id} as '" + std::string(key) + "', not " + entries.type_name() + ".");
  Vocabulary vocabulary;
  vocabulary.reserve(entries.size());
  for (const auto& [token, id] : entries.items()) {
    if (!isTokenId(id))
      station.fail("gives the token '" + token + "' the id " + id.dump() + ", which is no id.", "Download the tokenizer again.");
    if (!vocabulary.add(token, id.get<TokenId>()))
      station.fail("gives the id " + id.dump() + " to two tokens, one of them '" + token + "'.", "Download the tokenizer again.");
  }
  return vocabulary;
}

}  // namespace incipit
