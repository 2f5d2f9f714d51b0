// Precompiled: the character map inside sentencepiece models (for T5 and its kin a variant of NFKC), a double-array trie from byte
// sequences to places in a text of replacements that end in NUL.
#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/unicode.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <utf8proc.h>
#include <vector>

namespace incipit {

namespace {

class Precompiled : public Normalizer {
 public:
  Precompiled(std::vector<std::uint32_t> trie, std::string replacements)
      : m_trie(std::move(trie)), m_replacements(std::move(replacements)) {}

  // Looks at whole grapheme clusters of less than six bytes first, then at single characters: the tokenizers library's rule, under which
  // the shortest entry that a cluster begins with replaces the cluster.
  std::string normalize(std::string text) const override {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view cluster = firstCluster(std::string_view(text).substr(at));
      at += cluster.size();
      if (cluster.size() < 6 && appendReplacement(cluster, result)) continue;
      eachCharacter(cluster, [&](char32_t, std::string_view character) {
        if (!appendReplacement(character, result)) result += character;
      });
    }
    return result;
  }

 private:
  static std::string_view firstCluster(std::string_view text) {
    utf8proc_int32_t state = 0;
    std::size_t end = characterLength(text[0]);
    auto previous = static_cast<utf8proc_int32_t>(firstCharacter(text));
    while (end < text.size()) {
      auto next = static_cast<utf8proc_int32_t>(firstCharacter(text.substr(end)));
      if (utf8proc_grapheme_break_stateful(previous, next, &state)) break;
      end += characterLength(text[end]);
      previous = next;
    }
    return text.substr(0, end);
  }

  bool appendReplacement(std::string_view key, std::string& result) const {
    // The unit's bits as in Darts-clone: 0-7 label, 8 has a leaf, 9 offset is shifted by 8, 10-30 offset; a leaf holds the value.
    auto offset = [](std::uint32_t unit) { return (unit >> 10) << ((unit & (1U << 9)) >> 6); };
    auto label = [](std::uint32_t unit) { return unit & ((1U << 31) | 0xFF); };
    std::size_t node = offset(m_trie[0]);
    for (char character : key) {
      auto byte = static_cast<unsigned char>(character);
      node ^= byte;
      if (byte == 0 || node >= m_trie.size() || label(m_trie[node]) != byte) return false;
      const bool leaf = (m_trie[node] >> 8 & 1) != 0;
      node ^= offset(m_trie[node]);
      if (!leaf) continue;
      if (node >= m_trie.size()) return false;
      const std::size_t place = m_trie[node] & 0x7FFFFFFF;
      if (place >= m_replacements.size()) return false;
      result += m_replacements.c_str() + place;
      return true;
    }
    return false;
  }

  std::vector<std::uint32_t> m_trie;
  std::string m_replacements;
};

std::string fromBase64(const Station& station, std::string_view text) {
  std::array<int, 256> values;
  values.fill(-1);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<int>(i);
  while (text.ends_with('='))
    text.remove_suffix(1);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (char character : text) {
    int value = values[static_cast<unsigned char>(character)];
    if (value < 0) station.fail("has a precompiled_charsmap that is not base64.", "Download the tokenizer again.");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return bytes;
}

}  // namespace

std::unique_ptr<Normalizer> readPrecompiled(const Station& station) {
  station.allowOnly({"precompiled_charsmap"});
  const std::string bytes = fromBase64(station, station.text("precompiled_charsmap"));
  // Four bytes, the size of the trie; the trie; the replacements. All little endian, as is every machine this runs on.
  std::uint32_t size = 0;
  if (bytes.size() >= sizeof size) std::memcpy(&size, bytes.data(), sizeof size);
  if (size == 0 || size % 4 != 0 || size > bytes.size() - sizeof size)
    station.fail("has a precompiled_charsmap that is cut off.", "Download the tokenizer again.");
  std::vector<std::uint32_t> trie(size / 4);
  std::memcpy(trie.data(), bytes.data() + sizeof size, size);
  std::string replacements = bytes.substr(sizeof size + size);
  if (!isUtf8(replacements))
    station.fail("has replacements in its precompiled_charsmap that are not UTF-8.", "Download the tokenizer again.");
  return std::make_unique<Precompiled>(std::move(trie), std::move(replacements));
}

}  // namespace incipit
