// The regular expressions of tokenizer files. They are written in Oniguruma's Ruby syntax and run here on PCRE2, just-in-time compiled.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct TextSpan {
  std::size_t begin;
  std::size_t end;
};

class Regex {
 public:
  // Throws FormatError with the place in the pattern when it is wrong or says something PCRE2 would understand differently.
  explicit Regex(std::string_view pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  // All matches from left to right, none overlapping; an empty one directly behind another match does not count. Safe to call from
  // several threads at once. The text must be valid UTF-8. Throws DataError when a match needs more memory than is reasonable.
  std::vector<TextSpan> matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> m_compiled;
  std::string m_pattern;
};

// The same pattern in PCRE2's syntax (with UTF, UCP and MULTILINE). Apart from Regex only so that tests can look at it.
std::string toPcre2Syntax(std::string_view pattern);

}  // namespace incipit
