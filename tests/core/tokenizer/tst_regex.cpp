// Regular expressions: Oniguruma's meaning on PCRE2, or a refusal.
#include "core/tokenizer/text/byte_level.h"
#include "core/tokenizer/text/effort.h"
#include "core/tokenizer/text/regex.h"
#include "tests/harness/harness.h"

#include <chrono>

using namespace incipit;

namespace {

using Strings = std::vector<std::string>;

Strings found(std::string_view pattern, std::string_view text) {
  Strings matches;
  for (TextSpan span : Regex(pattern).matches(text))
    matches.emplace_back(text.substr(span.begin, span.end - span.begin));
  return matches;
}

}  // namespace

TEST_CASE("GPT-2's words") {
  CHECK_EQUAL(found(gpt2WordPattern, "Hello world's  end,\n\n  I'll  "),
              (Strings{"Hello", " world", "'s", " ", " end", ",", "\n\n ", " I", "'ll", "  "}));
  CHECK_EQUAL(found(gpt2WordPattern, "été42 你好½"), (Strings{"été", "42", " 你好", "½"}));
}

TEST_CASE("shorthands are Oniguruma's") {
  CHECK_EQUAL(found(R"(\w+)", "naïve_１ e\xCC\x81t ⓐb x-y"),
              (Strings{"naïve_１", "e\xCC\x81t", "ⓐb", "x", "y"}));  // marks are word characters
  CHECK_EQUAL(found(R"(\s+)", "a\xC2\x85\xC2\xA0"
                              "b\xE1\xA0\x8E"
                              "c\xE3\x80\x80"),
              (Strings{"\xC2\x85\xC2\xA0", "\xE3\x80\x80"}));  // U+180E is none
  CHECK_EQUAL(found(R"(\h+)", "zzBEEF09 "), (Strings{"BEEF09"}));
  CHECK_EQUAL(found(R"(\bcat\b)", "cat concat cat\xCC\x81 cat"), (Strings{"cat", "cat"}));
  CHECK_EQUAL(found(R"([\h\s]+)", "xa 1x"), (Strings{"a 1"}));
}

TEST_CASE("a bracket inside a bracket is a union") {  // BLOOM's pattern
  CHECK_EQUAL(found(R"( ?[^(\s|[.,!?…。，、।۔،])]+)", "one two, three(four)"), (Strings{"one", " two", " three", "four"}));
}

TEST_CASE("a plus behind an interval repeats, it is not possessive") {
  CHECK_EQUAL(toPcre2Syntax(R"(\p{N}{1,3}+x)"), std::string(R"((?:\p{N}{1,3})+x)"));
  CHECK_EQUAL(found(R"((?:ab){1,2}+)", "ababab ab"), (Strings{"ababab", "ab"}));
  CHECK_EQUAL(found(R"(\p{N}{,2})", "12345"), (Strings{"12", "34", "5"}));
}

TEST_CASE("lines and dots are Ruby's") {
  CHECK_EQUAL(found(R"(^.+$)", "one\ntwo"), (Strings{"one", "two"}));
  CHECK_EQUAL(found(R"((?m:a.b))", "a\nb"), (Strings{"a\nb"}));
  CHECK_EQUAL(found(R"((?i:'S|'T))", "it's can't"), (Strings{"'s", "'t"}));
}

TEST_CASE("an empty match counts once and never behind another match") {
  CHECK_EQUAL(found("x*", "axb"), (Strings{"", "x", ""}));
  CHECK_EQUAL(Regex("x*").matches("é").size(), 2U);  // in front and behind, never inside a character
}

TEST_CASE("what cannot be said exactly is refused") {
  CHECK_THROWS(Regex("[a&&b]"), "intersection");
  CHECK_THROWS(Regex("[a[^b]]"), "negated bracket");
  CHECK_THROWS(Regex(R"([\W])"), "negated shorthand");
  CHECK_THROWS(Regex(R"(\G)"), "escape");
  CHECK_THROWS(Regex("[abc"), "not closed");
  CHECK_THROWS(Regex("(abc"), "is wrong near");
}

TEST_CASE("a long run of spaces is one step, not a square of steps") {
  const std::string text = std::string(1 << 20, ' ') + "x" + std::string(1 << 20, 'y') + std::string(1 << 20, '\n');
  CHECK_EQUAL(Regex(gpt2WordPattern).matches(text).size(), 3U);
  CHECK_EQUAL(Regex(R"([^\r\n\p{L}\p{N}]?\p{L}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)").matches(text).size(), 3U);
}

TEST_CASE("a pattern that would never end is stopped with a sentence") {
  CHECK_THROWS(Regex("(?:a|aa)+$").matches(std::string(200, 'a') + "b"), "cannot be applied to a text of 201 bytes");
}

TEST_CASE("a pattern that looks at the whole text from everywhere is stopped, by the time of the text and not of each match") {
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS(Regex("(?=.*b)|x").matches(std::string(400000, 'x')), "it takes too long");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::minutes(1));
  const Effort all(1000);  // many short words share the time of their text
  const Regex slow("(a|aa)+$");
  const std::string word = std::string(40, 'a') + "b";
  CHECK_THROWS(
      [&] {
        for (int i = 0; i < 10000; ++i)
          slow.matches(word);
      }(),
      "cannot be applied");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::minutes(2));
}
