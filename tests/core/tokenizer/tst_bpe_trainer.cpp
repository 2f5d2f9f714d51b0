// Training a byte-level vocabulary, and opening what it wrote.
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tokenizer/models/bpe_trainer.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/harness/harness.h"

#include <nlohmann/json.hpp>

using namespace incipit;

TEST_CASE("merges come in the order of their counts, the lowest ids first among equals") {
  const auto folder = test::scratch("order");
  // "low" 5, "lower" 2, "newest" 6, "widest" 3 and the spaces in front: the example of the BPE paper (Sennrich et al. 2016, figure 1).
  std::string text;
  for (int i = 0; i < 5; ++i)
    text += " low";
  for (int i = 0; i < 2; ++i)
    text += " lower";
  for (int i = 0; i < 6; ++i)
    text += " newest";
  for (int i = 0; i < 3; ++i)
    text += " widest";
  trainByteLevelBpe({text}, {1 + 256 + 5, {"<|endoftext|>"}, 2}, folder);
  const Json file = readJson(folder / "tokenizer.json");
  // "es" and "st" are seen 9 times each; "e" < "s" by id, so "es" goes first, then "est" (9), then "lo" (7). Then " lo" and "low" are
  // both seen 7 times, and the space has a lower id than the new token "lo".
  CHECK_EQUAL(file["model"]["merges"].get<std::vector<std::string>>(), (std::vector<std::string>{"e s", "es t", "l o", "Ġ lo", "Ġlo w"}));
  CHECK_EQUAL(file["model"]["vocab"]["<|endoftext|>"].get<int>(), 0);
  CHECK_EQUAL(file["model"]["vocab"]["!"].get<int>(), 1);
  CHECK_EQUAL(file["model"]["vocab"]["es"].get<int>(), 257);
  CHECK_EQUAL(file["model"]["vocab"]["Ġlow"].get<int>(), 261);

  const auto tokenizer = openTokenizer(folder);
  CHECK_EQUAL(tokenizer->vocabularySize(), 262);
  std::vector<std::string> tokens;
  for (TokenId id : tokenizer->encode(" lowest"))
    tokens.push_back(tokenizer->token(id));
  CHECK_EQUAL(tokens, (std::vector<std::string>{"Ġlow", "est"}));
  CHECK_EQUAL(tokenizer->endOfText().value_or(-1), 0);
}

TEST_CASE("overlapping pairs are counted and merged from the left") {
  const auto folder = test::scratch("overlap");
  trainByteLevelBpe({"aaaaa aaaaa"}, {256 + 2, {}, 1}, folder);
  // "aaaaa" is "aa aa a" after the first merge; (aa, a) and (aa, aa) are then seen twice each.
  const Json file = readJson(folder / "tokenizer.json");
  CHECK_EQUAL(file["model"]["merges"].get<std::vector<std::string>>(), (std::vector<std::string>{"a a", "aa a"}));
}

TEST_CASE("a trained vocabulary gives every text back, and is the same at every run") {
  const std::vector<std::string> texts = {
      "It was the best of times, it was the worst of times.\n\n\tÜber 42 größere Bäume — 你好 🙂  "};
  const auto first = test::scratch("first");
  const auto second = test::scratch("second");
  for (const auto& folder : {first, second})
    trainByteLevelBpe(texts, {300, {"<|endoftext|>", "<|pad|>"}, 2}, folder);
  CHECK_EQUAL(readFile(first / "tokenizer.json"), readFile(second / "tokenizer.json"));
  const auto tokenizer = openTokenizer(first);
  CHECK_EQUAL(tokenizer->decode(tokenizer->encode(texts[0])), texts[0]);
  CHECK_EQUAL(tokenizer->decode(tokenizer->encode("never seen: \x01 ñ 字")), "never seen: \x01 ñ 字");
  CHECK(tokenizer->encode("times").size() < 5);
  CHECK(tokenizer->isSpecial(1));
}

TEST_CASE("special tokens in the texts are borders, never parts of words") {
  const auto folder = test::scratch("borders");
  trainByteLevelBpe({"one<|endoftext|>one<|endoftext|>one"}, {270, {"<|endoftext|>"}, 2}, folder);
  const Json file = readJson(folder / "tokenizer.json");
  CHECK_EQUAL(file["model"]["merges"].get<std::vector<std::string>>(), (std::vector<std::string>{"n e", "o ne"}));
}

TEST_CASE("impossible options are refused") {
  const auto folder = test::scratch("refused");
  CHECK_THROWS(trainByteLevelBpe({"x"}, {256, {"<|endoftext|>"}, 2}, folder), "no room for the 256 bytes");
  CHECK_THROWS(trainByteLevelBpe({"x"}, {300, {"<s>", "<s>"}, 2}, folder), "given twice");
}
