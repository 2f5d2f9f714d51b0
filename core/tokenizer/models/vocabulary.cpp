#include "core/tokenizer/models/vocabulary.h"

#include "core/tokenizer/station.h"

#include <nlohmann/json.hpp>

namespace incipit {

void Vocabulary::reserve(std::size_t count) {
  m_tokens.reserve(count);
  std::size_t slots = m_slots.size();
  while (slots < count * 2)
    slots *= 2;
  if (slots > m_slots.size()) grow(slots);
}

// Where the token is, or where it would go.
std::size_t Vocabulary::place(std::string_view token) const {
  const std::size_t mask = m_slots.size() - 1;
  std::size_t at = std::hash<std::string_view>{}(token)&mask;
  while (m_slots[at] >= 0 && *m_tokens[static_cast<std::size_t>(m_slots[at])] != token)
    at = (at + 1) & mask;
  return at;
}

void Vocabulary::grow(std::size_t slots) {
  m_slots.assign(slots, -1);
  for (std::size_t id = 0; id < m_tokens.size(); ++id)
    if (m_tokens[id]) m_slots[place(*m_tokens[id])] = static_cast<TokenId>(id);
}

bool Vocabulary::add(std::string token, TokenId id) {
  const auto index = static_cast<std::size_t>(id);
  if ((m_count + 1) * 2 > m_slots.size()) grow(m_slots.size() * 2);
  const std::size_t slot = place(token);
  if (m_slots[slot] >= 0 || (index < m_tokens.size() && m_tokens[index])) return false;
  if (index >= m_tokens.size()) m_tokens.resize(index + 1);
  m_tokens[index] = std::move(token);
  m_slots[slot] = id;
  ++m_count;
  return true;
}

std::optional<TokenId> Vocabulary::id(std::string_view token) const {
  const TokenId found = m_slots[place(token)];
  return found < 0 ? std::nullopt : std::optional(found);
}

const std::string* Vocabulary::token(TokenId id) const {
  if (id < 0 || id >= size()) return nullptr;
  const std::optional<std::string>& token = m_tokens[static_cast<std::size_t>(id)];
  return token ? &*token : nullptr;
}

bool isTokenId(const nlohmann::json& value) { return value.is_number_integer() && value >= 0 && value <= Vocabulary::largestId; }

Vocabulary readVocabulary(const Station& station, const char* key) {
  const nlohmann::json& entries = station.at(key);
  if (!entries.is_object()) station.fail("needs an object {token: id} as '" + std::string(key) + "', not " + entries.type_name() + ".");
  Vocabulary vocabulary;
  vocabulary.reserve(entries.size());
  for (const auto& [token, id] : entries.items()) {
    if (!isTokenId(id))
      station.fail("gives the token '" + token + "' the id " + id.dump() + ", which is not an id.", "Download the tokenizer again.");
    if (!vocabulary.add(token, id.get<TokenId>()))
      station.fail("gives the id " + id.dump() + " to two tokens, one of them '" + token + "'.", "Download the tokenizer again.");
  }
  return vocabulary;
}

}  // namespace incipit
