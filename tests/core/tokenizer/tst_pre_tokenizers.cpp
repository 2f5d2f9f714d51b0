// The pre-tokenizer stations, one after the other.
#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"
#include "tests/core/tokenizer/small_tokenizers.h"

using namespace incipit;
using namespace incipit::test;

namespace {

Strings words(const json& station, const std::string& text, bool startsText = true) {
  std::vector<Word> found;
  readPreTokenizer(Station(station, "tokenizer.json", "pre_tokenizer"))->split({text, startsText}, found);
  Strings texts;
  for (const Word& word : found)
    texts.push_back(word.text);
  return texts;
}

json split(const json& pattern, const char* behavior, bool invert = false) {
  return {{"type", "Split"}, {"pattern", pattern}, {"behavior", behavior}, {"invert", invert}};
}

json metaspace(const char* scheme, bool doSplit = true) {
  return {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", scheme}, {"split", doSplit}};
}

}  // namespace

TEST_CASE("Split in its five behaviours") {  // the example of the tokenizers documentation
  const json dash = {{"String", "-"}};
  const std::string text = "the-final--countdown";
  CHECK_EQUAL(words(split(dash, "Removed"), text), (Strings{"the", "final", "countdown"}));
  CHECK_EQUAL(words(split(dash, "Isolated"), text), (Strings{"the", "-", "final", "-", "-", "countdown"}));
  CHECK_EQUAL(words(split(dash, "MergedWithPrevious"), text), (Strings{"the-", "final-", "-", "countdown"}));
  CHECK_EQUAL(words(split(dash, "MergedWithNext"), text), (Strings{"the", "-final", "-", "-countdown"}));
  CHECK_EQUAL(words(split(dash, "Contiguous"), text), (Strings{"the", "-", "final", "--", "countdown"}));
  CHECK_EQUAL(words(split({{"Regex", "[a-z]+"}}, "Removed", true), "ab, cd"), (Strings{"ab", "cd"}));
  CHECK_EQUAL(words(split({{"String", "."}}, "Isolated"), "a.b"), (Strings{"a", ".", "b"}));  // a text, not a pattern
  CHECK_EQUAL(words(split({{"String", ""}}, "Isolated"), "ab"), (Strings{"ab"}));
  CHECK_THROWS(words(split(dash, "Shuffled"), text), "behavior 'Shuffled'");
}

TEST_CASE("ByteLevel") {
  auto byteLevel = [](bool prefix, bool regex) {
    return json{{"type", "ByteLevel"}, {"add_prefix_space", prefix}, {"trim_offsets", true}, {"use_regex", regex}};
  };
  CHECK_EQUAL(words(byteLevel(false, true), "Hello wörld\n"), (Strings{"Hello", "ĠwÃ¶rld", "Ċ"}));
  CHECK_EQUAL(words(byteLevel(true, true), "Hello"), (Strings{"ĠHello"}));
  CHECK_EQUAL(words(byteLevel(true, true), " Hello"), (Strings{"ĠHello"}));
  CHECK_EQUAL(words(byteLevel(false, false), "a b"), (Strings{"aĠb"}));
}

TEST_CASE("Metaspace and its prepend schemes") {
  CHECK_EQUAL(words(metaspace("always"), "Hey  you"), (Strings{"▁Hey", "▁", "▁you"}));
  CHECK_EQUAL(words(metaspace("always"), " Hey"), (Strings{"▁Hey"}));
  CHECK_EQUAL(words(metaspace("first"), "Hey", true), (Strings{"▁Hey"}));
  CHECK_EQUAL(words(metaspace("first"), "Hey", false), (Strings{"Hey"}));
  CHECK_EQUAL(words(metaspace("never"), "Hey you"), (Strings{"Hey", "▁you"}));
  CHECK_EQUAL(words(metaspace("always", false), "Hey you"), (Strings{"▁Hey▁you"}));
  CHECK_EQUAL(words({{"type", "Metaspace"}, {"replacement", "▁"}, {"add_prefix_space", false}}, "a b"), (Strings{"a", "▁b"}));
  CHECK_EQUAL(words({{"type", "Metaspace"}, {"replacement", "▁"}, {"str_rep", "▁"}, {"add_prefix_space", true}}, "a b"),
              (Strings{"▁a", "▁b"}));
  CHECK_THROWS(words({{"type", "Metaspace"}, {"replacement", "▁"}, {"add_prefix_space", false}, {"prepend_scheme", "first"}}, "a"),
               "Only one of the two");
  CHECK_THROWS(words(metaspace("sometimes"), "a"), "prepend_scheme 'sometimes'");
  CHECK_THROWS(words({{"type", "Metaspace"}, {"replacement", "ab"}}, "a"), "single character");
}

TEST_CASE("character by character") {
  CHECK_EQUAL(words({{"type", "Whitespace"}}, "Hey, you?! naïve_1 "), (Strings{"Hey", ",", "you", "?!", "naïve_1"}));
  CHECK_EQUAL(words({{"type", "WhitespaceSplit"}}, " a,b\tc\xE3\x80\x80"
                                                   "d "),
              (Strings{"a,b", "c", "d"}));
  CHECK_EQUAL(words({{"type", "Digits"}, {"individual_digits", true}}, "a123b"), (Strings{"a", "1", "2", "3", "b"}));
  CHECK_EQUAL(words({{"type", "Digits"}, {"individual_digits", false}}, "a123b"), (Strings{"a", "123", "b"}));
  CHECK_EQUAL(words({{"type", "Punctuation"}}, "a,.b"), (Strings{"a", ",", ".", "b"}));
  CHECK_EQUAL(words({{"type", "Punctuation"}, {"behavior", "Contiguous"}}, "a,.b"), (Strings{"a", ",.", "b"}));
  CHECK_EQUAL(words({{"type", "BertPreTokenizer"}}, "Hey  you?! $5"), (Strings{"Hey", "you", "?", "!", "$", "5"}));
  CHECK_EQUAL(words({{"type", "CharDelimiterSplit"}, {"delimiter", "_"}}, "a__b"), (Strings{"a", "b"}));
}

TEST_CASE("a sequence works on the words of the step before, and remembers which one starts the text") {
  const json sequence = {{"type", "Sequence"}, {"pretokenizers", {{{"type", "WhitespaceSplit"}}, metaspace("first")}}};
  CHECK_EQUAL(words(sequence, "one two"), (Strings{"▁one", "two"}));
  CHECK_EQUAL(words(sequence, " one"), (Strings{"one"}));  // the space was the text's beginning
  CHECK_THROWS(words({{"type", "Sequence"}, {"pretokenizers", {{{"type", "UnicodeScripts"}}}}}, "a"),
               "pre_tokenizer.pretokenizers[0] (type 'UnicodeScripts')");
}
