// A regular expression out of a tokenizer.json, and a text it is applied to.
#include "core/tokenizer/text/regex.h"
#include "core/tokenizer/text/unicode.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  const auto both = parts(input, 2);
  if (!isUtf8(both[0]) || !isUtf8(both[1])) return;  // JSON holds nothing else, and texts are made UTF-8 before
  taken([&] {
    std::size_t end = 0;
    for (const TextSpan& match : Regex(both[0]).matches(both[1])) {
      require(match.begin >= end && match.end >= match.begin && match.end <= both[1].size(), "matches stand one behind the other");
      end = match.end;
    }
  });
}

}  // namespace incipit::fuzz
