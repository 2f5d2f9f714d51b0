// The alphabet of byte-level vocabularies: every byte written as one visible character (a space is "Ġ", a newline "Ċ").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace incipit {

// GPT-2's pattern of words: a contraction, letters, digits or other signs with the space before them, or white space.
inline constexpr std::string_view gpt2WordPattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

std::string toByteLevel(std::string_view bytes);
// The bytes a byte-level token stands for; nothing when a character does not belong to the alphabet (an added token such as "  ").
std::optional<std::string> fromByteLevel(std::string_view token);
// The character for one byte, in UTF-8.
std::string_view byteLevelCharacter(unsigned char byte);

}  // namespace incipit
