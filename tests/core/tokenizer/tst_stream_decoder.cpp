// Text token by token: in the end it is the text of the whole, and on the way nothing is taken back.
#include "tests/core/tokenizer/small_tokenizers.h"

#include <random>

using namespace incipit;
using namespace incipit::test;

namespace {

Strings pushed(const std::shared_ptr<const Tokenizer>& tokenizer, const Ids& ids, ShowSpecial special = ShowSpecial::No) {
  StreamDecoder stream(tokenizer, special);
  Strings parts;
  for (TokenId id : ids)
    parts.push_back(stream.push(id));
  parts.push_back(stream.finish());
  return parts;
}

std::string joined(const Strings& parts) {
  std::string text;
  for (const std::string& part : parts)
    text += part;
  return text;
}

// Any ids at all, also ones that spell no text.
void checkRandomSequences(const std::shared_ptr<const Tokenizer>& tokenizer) {
  std::mt19937 random(7);
  std::uniform_int_distribution<TokenId> anyId(-1, tokenizer->vocabularySize());
  for (int round = 0; round < 400; ++round) {
    Ids ids(1 + random() % 24);
    for (TokenId& id : ids)
      id = anyId(random);
    for (ShowSpecial special : {ShowSpecial::No, ShowSpecial::Yes})
      CHECK_EQUAL(joined(pushed(tokenizer, ids, special)), tokenizer->decode(ids, special));
  }
}

std::shared_ptr<const Tokenizer> llama() {
  return openJson(llamaStyle({"▁", "▁▁", "a", "b", "▁a", "é", "▁ab"}, {"▁ ▁", "▁ a", "▁a b"}), "stream-llama");
}

}  // namespace

TEST_CASE("a character of several tokens appears once it is whole") {
  const auto tokenizer = openTokenizer(fixtures() / "tokenizers" / "gpt2_tiny");
  const Ids ids = tokenizer->encode("a 你b");
  CHECK_EQUAL(ids.size(), 6U);
  CHECK_EQUAL(pushed(tokenizer, ids), (Strings{"a", " ", "", "", "你", "b", ""}));
  CHECK_EQUAL(joined(pushed(tokenizer, Ids{ids.begin(), ids.end() - 2})), "a \xEF\xBF\xBD");  // cut off inside the character
}

TEST_CASE("Llama's space in front of a text goes, those between words stay") {
  const auto tokenizer = llama();
  const Ids ids = tokenizer->encode("a b a");
  CHECK_EQUAL(joined(pushed(tokenizer, ids)), std::string("a b a"));
  CHECK_EQUAL(pushed(tokenizer, {1, tokenizer->id("▁a").value(), tokenizer->id("▁a").value()}), (Strings{"", "a", " a", ""}));
  CHECK_EQUAL(pushed(tokenizer, {tokenizer->id("▁").value(), tokenizer->id("▁").value(), tokenizer->id("a").value()}),
              (Strings{"", " ", "a", ""}));
}

TEST_CASE("a run of byte tokens waits for its end") {
  const auto tokenizer = llama();
  auto byte = [&](const char* token) { return tokenizer->id(token).value(); };
  const TokenId a = tokenizer->id("a").value();
  CHECK_EQUAL(pushed(tokenizer, {a, byte("<0xE4>"), byte("<0xBD>"), byte("<0xA0>"), a}), (Strings{"a", "", "", "", "你a", ""}));
  CHECK_EQUAL(pushed(tokenizer, {a, byte("<0x0A>")}), (Strings{"a", "", "\n"}));
  // A special token that is not shown does not end the run; one that is shown does.
  CHECK_EQUAL(joined(pushed(tokenizer, {byte("<0xC3>"), 2, byte("<0xA9>")})), std::string("é"));
  CHECK_EQUAL(joined(pushed(tokenizer, {byte("<0xC3>"), 2, byte("<0xA9>")}, ShowSpecial::Yes)),
              std::string("\xEF\xBF\xBD</s>\xEF\xBF\xBD"));
}

TEST_CASE("any sequence comes out as decode() writes it") {
  checkRandomSequences(openTokenizer(fixtures() / "tokenizers" / "gpt2_tiny"));
  checkRandomSequences(llama());
  json words = wordLevel({"un", "##able", ".", "to", ""});
  words["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  checkRandomSequences(openJson(words, "stream-wordpiece"));
  json marked = wordLevel({"▁", "▁a", "b", "▁▁", "a▁"});
  marked["decoder"] = {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}};
  checkRandomSequences(openJson(marked, "stream-metaspace"));
  json suffixed = wordLevel({"lo", "w</w>", "er</w>"});
  suffixed["decoder"] = {{"type", "BPEDecoder"}, {"suffix", "</w>"}};
  checkRandomSequences(openJson(suffixed, "stream-suffix"));
  checkRandomSequences(openJson(wordLevel({"a", "b"}), "stream-none"));
}

TEST_CASE("the cost of a token does not grow with the text") {
  const auto tokenizer = llama();
  StreamDecoder stream(tokenizer);
  std::size_t length = 0;
  for (int i = 0; i < 100000; ++i)
    length += stream.push(tokenizer->id(i % 2 ? "b" : "▁a").value()).size();
  CHECK_EQUAL(length + stream.finish().size(), 149999U);
}
