// Tokens that stand for one byte, spelled "<0xE2>": how sentencepiece vocabularies write characters they do not have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace incipit {

std::string byteFallbackToken(unsigned char byte);
std::optional<unsigned char> byteOfFallbackToken(std::string_view token);

}  // namespace incipit
