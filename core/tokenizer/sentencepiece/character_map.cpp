#include "core/tokenizer/sentencepiece/character_map.h"

#include "core/support/error.h"
#include "core/tokenizer/text/unicode.h"

#include <cstring>

namespace incipit {

CharacterMap::CharacterMap(std::string_view precompiled) {
  if (precompiled.empty()) return;
  // Four bytes, the size of the trie; the trie; the replacements. All little endian, as is every machine this runs on.
  std::uint32_t size = 0;
  if (precompiled.size() >= sizeof size) std::memcpy(&size, precompiled.data(), sizeof size);
  if (size == 0 || size % 4 != 0 || size > precompiled.size() - sizeof size)
    throw FormatError("has a precompiled_charsmap that is cut off.", "Download the tokenizer again.");
  m_trie.resize(size / 4);
  std::memcpy(m_trie.data(), precompiled.data() + sizeof size, size);
  m_replacements = precompiled.substr(sizeof size + size);
  if (!isUtf8(m_replacements))
    throw FormatError("has replacements in its precompiled_charsmap that are not UTF-8.", "Download the tokenizer again.");
}

std::optional<CharacterMap::Replacement> CharacterMap::find(std::string_view text, bool first) const {
  std::optional<Replacement> found;
  if (m_trie.empty()) return found;
  // The unit's bits as in Darts-clone: 0-7 label, 8 has a leaf, 9 offset is shifted by 8, 10-30 offset; a leaf holds the value.
  auto offset = [](std::uint32_t unit) { return (unit >> 10) << ((unit & (1U << 9)) >> 6); };
  auto label = [](std::uint32_t unit) { return unit & ((1U << 31) | 0xFF); };
  std::size_t node = offset(m_trie[0]);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    node ^= byte;
    if (byte == 0 || node >= m_trie.size() || label(m_trie[node]) != byte) break;
    const bool leaf = (m_trie[node] >> 8 & 1) != 0;
    node ^= offset(m_trie[node]);
    if (!leaf) continue;
    if (node >= m_trie.size()) break;
    const std::size_t place = m_trie[node] & 0x7FFFFFFF;
    if (place >= m_replacements.size()) break;
    found = {at + 1, m_replacements.c_str() + place};
    if (first) break;
  }
  return found;
}

}  // namespace incipit
