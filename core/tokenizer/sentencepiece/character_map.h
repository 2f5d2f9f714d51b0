// The character map inside sentencepiece models (for T5 and its kin a variant of NFKC): a double-array trie from byte sequences to places
// in a text of replacements that end in NUL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

class CharacterMap {
 public:
  // An empty map replaces nothing. Throws FormatError without a file name when the bytes are no such map.
  explicit CharacterMap(std::string_view precompiled);

  struct Replacement {
    std::size_t length;  // of the key, in bytes
    std::string_view text;
  };
  // The shortest and the longest key that `text` begins with.
  std::optional<Replacement> shortest(std::string_view text) const { return find(text, true); }
  std::optional<Replacement> longest(std::string_view text) const { return find(text, false); }

 private:
  std::optional<Replacement> find(std::string_view text, bool first) const;

  std::vector<std::uint32_t> m_trie;
  std::string m_replacements;
};

}  // namespace incipit
