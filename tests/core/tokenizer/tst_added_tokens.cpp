// Added tokens and their flags: cut out of the text before the model sees it.
#include "tests/core/tokenizer/small_tokenizers.h"

using namespace incipit;
using namespace incipit::test;

namespace {

// Words apart by white space, an added token with the given flags at id 9.
std::shared_ptr<const Tokenizer> with(const std::string& content, const Strings& flags, const std::string& name,
                                      const json& normalizer = nullptr) {
  json file = wordLevel({"a", "b", "<", ">", "tok", " ", "  "});
  file["added_tokens"] = {addedToken(content, 9, flags)};
  file["normalizer"] = normalizer;
  file["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"String", " "}}}, {"behavior", "Isolated"}, {"invert", false}};
  return openJson(file, name);
}

}  // namespace

TEST_CASE("a plain added token is found anywhere") {
  const auto tokenizer = with("<tok>", {"special"}, "plain");
  CHECK_EQUAL(tokensOf(*tokenizer, "a<tok>b"), (Strings{"a", "<tok>", "b"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "a <tok> b"), (Strings{"a", " ", "<tok>", " ", "b"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "<tok><tok>"), (Strings{"<tok>", "<tok>"}));
  CHECK_EQUAL(tokenizer->vocabularySize(), 10);
  CHECK(tokenizer->isSpecial(9) && !tokenizer->isSpecial(1));
}

TEST_CASE("lstrip and rstrip take white space along") {
  CHECK_EQUAL(tokensOf(*with("<tok>", {"lstrip"}, "left"), "a  <tok> b"), (Strings{"a", "<tok>", " ", "b"}));
  CHECK_EQUAL(tokensOf(*with("<tok>", {"rstrip"}, "right"), "a <tok> \n b"), (Strings{"a", " ", "<tok>", "b"}));
  // What the first one took the second one cannot take again.
  CHECK_EQUAL(tokensOf(*with("<tok>", {"lstrip", "rstrip"}, "both"), "a <tok>  <tok> b"), (Strings{"a", "<tok>", "<tok>", "b"}));
}

TEST_CASE("single_word wants no word character beside it") {
  const auto tokenizer = with("tok", {"single_word"}, "single");
  CHECK_EQUAL(tokenizer->encode("tok", SpecialTokens::Leave), (Ids{5}));  // the model has it already, so it keeps the model's id
  const auto other = with("new", {"single_word"}, "single2");
  CHECK_EQUAL(other->encode("new", SpecialTokens::Leave), (Ids{9}));
  CHECK_EQUAL(other->encode("a new<", SpecialTokens::Leave), (Ids{1, 6, 9, 3}));
  CHECK_EQUAL(other->encode("renew", SpecialTokens::Leave), (Ids{0}));
  CHECK_EQUAL(other->encode("new_", SpecialTokens::Leave), (Ids{0}));
  CHECK_EQUAL(other->encode("énew", SpecialTokens::Leave), (Ids{0}));
}

TEST_CASE("normalized tokens are looked for in the normalised text, in their normalised form") {
  const json lowercase = {{"type", "Lowercase"}};
  CHECK_EQUAL(with("NEW", {"normalized"}, "normalised", lowercase)->encode("a nEw", SpecialTokens::Leave), (Ids{1, 6, 9}));
  const auto raw = with("NEW", {}, "raw", lowercase);
  CHECK_EQUAL(raw->encode("a nEw", SpecialTokens::Leave), (Ids{1, 6, 0}));
  CHECK_EQUAL(raw->encode("a NEW", SpecialTokens::Leave), (Ids{1, 6, 9}));
}

TEST_CASE("of two tokens at one place the longer one wins") {
  json file = wordLevel({"a"});
  file["added_tokens"] = {addedToken("<x>", 2), addedToken("<x>>", 3)};
  const auto tokenizer = openJson(file, "longest");
  CHECK_EQUAL(tokenizer->encode("<x>><x>a", SpecialTokens::Leave), (Ids{3, 2, 1}));
}

TEST_CASE("every piece between added tokens is normalised by itself, as Llama's legacy behaviour shows") {
  const auto tokenizer = openJson(llamaStyle({"▁", "a", "▁a"}, {"▁ a"}), "llama");
  CHECK_EQUAL(tokensOf(*tokenizer, "a</s>a"), (Strings{"▁a", "</s>", "▁a"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "</s> a"), (Strings{"</s>", "▁", "▁a"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "a", SpecialTokens::Add), (Strings{"<s>", "▁a"}));
}

TEST_CASE("Llama's normalized special tokens match at the beginning of a piece alone") {
  json file = llamaStyle({"▁", "a", "<", "/", "s", ">"}, json::array().get<Strings>());
  for (json& token : file["added_tokens"])
    token["normalized"] = true;  // "</s>" is looked for as "▁</s>"
  const auto tokenizer = openJson(file, "llama-normalized");
  CHECK_EQUAL(tokensOf(*tokenizer, "</s>a"), (Strings{"</s>", "a"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "a</s>"), (Strings{"▁", "a", "<", "/", "s", ">"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "a </s>"), (Strings{"▁", "a", "</s>"}));
}
