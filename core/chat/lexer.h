// A template as tokens: text, tags, and what stands in them. Whitespace control (trim_blocks, lstrip_blocks, - and +) ends here.
#pragma once

#include "core/chat/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace incipit::chat {

struct Token {
  enum class Kind { Data, PrintBegin, PrintEnd, TagBegin, TagEnd, Name, String, Integer, Real, Operator, End };
  Kind kind;
  int line;           // of the template, from 1
  std::string text;   // of a string its value, of an operator its sign
  Integer whole = 0;  // of Kind::Integer
  double real = 0;    // of Kind::Real
};

// Ends with a token of Kind::End. Throws Problem.
std::vector<Token> tokensOf(std::string_view source);

}  // namespace incipit::chat
