#include "core/tokenizer/text/byte_level.h"

#include "core/tokenizer/text/unicode.h"

#include <array>

namespace incipit {

namespace {

// Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards, in order (bytes_to_unicode of GPT-2).
struct Alphabet {
  std::array<std::string, 256> characters;
  std::array<int, 0x144> bytes{};  // by character; -1 where there is none

  Alphabet() {
    bytes.fill(-1);
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      bool visible = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      char32_t character = visible ? static_cast<char32_t>(byte) : next++;
      appendCharacter(characters[static_cast<std::size_t>(byte)], character);
      bytes[character] = byte;
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet instance;
  return instance;
}

}  // namespace

std::string_view byteLevelCharacter(unsigned char byte) { return alphabet().characters[byte]; }

std::string toByteLevel(std::string_view bytes) {
  const Alphabet& table = alphabet();
  std::string token;
  token.reserve(bytes.size() + bytes.size() / 4 + 2);
  for (char byte : bytes)
    token += table.characters[static_cast<unsigned char>(byte)];
  return token;
}

std::optional<std::string> fromByteLevel(std::string_view token) {
  const Alphabet& table = alphabet();
  std::string bytes;
  bytes.reserve(token.size());
  for (std::size_t at = 0; at < token.size();) {
    std::string_view character = token.substr(at, characterLength(token[at]));
    char32_t code = firstCharacter(character);
    int byte = code < table.bytes.size() ? table.bytes[code] : -1;
    if (byte < 0) return std::nullopt;
    bytes += static_cast<char>(byte);
    at += character.size();
  }
  return bytes;
}

}  // namespace incipit
