// The `pattern` of Split and Replace: {"String": "..."} is taken literally, {"Regex": "..."} is a regular expression.
#pragma once

#include "core/tokenizer/text/regex.h"

#include <optional>

namespace incipit {

class Station;

class Pattern {
 public:
  // From the station's key `pattern`. A wrong regular expression is refused with the station's name.
  explicit Pattern(const Station& station);

  std::vector<TextSpan> matches(std::string_view text) const;
  // Every match becomes `content`, which is meant literally.
  std::string replaced(const std::string& text, std::string_view content) const;

 private:
  std::string m_text;  // when it is literal; empty matches nothing
  std::optional<Regex> m_regex;
};

}  // namespace incipit
