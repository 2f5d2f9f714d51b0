// Precompiled: the character map inside sentencepiece models, as the tokenizers library applies it.
#include "core/support/error.h"
#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/sentencepiece/character_map.h"
#include "core/tokenizer/text/unicode.h"

#include <array>
#include <cstdint>
#include <utf8proc.h>

namespace incipit {

namespace {

class Precompiled : public Normalizer {
 public:
  explicit Precompiled(CharacterMap map) : m_map(std::move(map)) {}

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
    const auto found = m_map.shortest(key);
    if (found) result += found->text;
    return found.has_value();
  }

  CharacterMap m_map;
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
  try {
    return std::make_unique<Precompiled>(CharacterMap(bytes));
  } catch (const FormatError& error) {
    station.fail(error.problem(), error.remedy());
  }
}

}  // namespace incipit
