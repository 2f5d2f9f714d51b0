// Numbers and strings as they are written in a template.
#pragma once

#include <string>
#include <string_view>

namespace incipit::chat {

// How many bytes at the start are a float ("1.5", "1e3") or an integer ("10", "0x1F", "1_000"); 0: none.
std::size_t realLength(std::string_view text);
std::size_t wholeLength(std::string_view text);

// What stands between quotes, its escapes carried out as Python's unicode-escape does. Throws Problem.
std::string unescaped(std::string_view literal);

}  // namespace incipit::chat
