// Sentencepiece models: the ids of its own library (expected.json) and of transformers (transformers.json), and files that lie.
#include "core/support/error.h"
#include "core/support/json.h"
#include "tests/core/tokenizer/small_tokenizers.h"

#include <chrono>

using namespace incipit;
using namespace incipit::test;

namespace {

std::filesystem::path folderOf(const std::string& name) { return fixtures() / "tokenizers" / name; }
std::string modelOf(const std::string& name) { return name == "t5_tiny" ? "spiece.model" : "tokenizer.model"; }

// The model alone, under another configuration.
std::filesystem::path with(const std::string& name, const json& config) {
  const auto folder = scratch("pieces");
  std::filesystem::copy_file(folderOf(name) / modelOf(name), folder / modelOf(name));
  if (!config.is_null()) writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  return folder;
}

// Protocol buffers, written by hand: a field of bytes, and one of a small number.
std::string field(int number, const std::string& bytes) {
  std::string size;
  for (std::size_t rest = bytes.size();; rest >>= 7) {
    size += static_cast<char>(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest < 128) break;
  }
  return static_cast<char>(number << 3 | 2) + size + bytes;
}
std::string field(int number, int value) { return {static_cast<char>(number << 3), static_cast<char>(value)}; }
std::string piece(const std::string& text, int kind, float score = 0) {
  return field(1, field(1, text) + "\x15" + std::string(reinterpret_cast<const char*>(&score), 4) + field(3, kind));
}
const std::string sound =
    piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3) + piece("▁", 1, -1) + piece("a", 1, -2) + piece("b", 1, -3) + piece("▁a", 1, -1);

std::shared_ptr<const Tokenizer> openBytes(const std::string& bytes) {
  const auto folder = scratch("pieces-bytes");
  writeFileAtomically(folder / "tokenizer.model", bytes);
  return openTokenizer(folder);
}

double megabytesPerSecond(const Tokenizer& tokenizer, const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  tokenizer.encode(text);
  return static_cast<double>(text.size()) / 1e6 / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("the ids and texts of the sentencepiece library: Unigram, BPE, BPE with pieces of the user's") {
  for (const char* name : {"t5_tiny", "llama_tiny", "gemma_tiny"}) {
    const auto tokenizer = openTokenizer(folderOf(name));
    for (const Json& expected : readJson(folderOf(name) / "expected.json")) {
      const Ids ids = tokenizer->encode(expected["text"].get<std::string>(), SpecialTokens::Leave);
      CHECK_EQUAL(ids, expected["ids"].get<Ids>());
      const std::string decoded = expected["decoded"];
      if (decoded.find("⁇") == std::string::npos) CHECK_EQUAL(tokenizer->decode(ids), decoded);  // its own sign for unknown tokens
    }
  }
}

TEST_CASE("T5: the ids of transformers, the end of text once, the extra ids behind the pieces") {
  const auto tokenizer = openTokenizer(folderOf("t5_tiny"));
  for (const Json& expected : readJson(folderOf("t5_tiny") / "transformers.json"))
    CHECK_EQUAL(tokenizer->encode(expected["text"].get<std::string>()), expected["ids"].get<Ids>());
  const TokenId end = tokenizer->endOfText().value(), the = tokenizer->encode("the", SpecialTokens::Leave).at(0);
  CHECK_EQUAL(tokenizer->encode("the</s>"), (Ids{the, end}));
  CHECK_EQUAL(tokenizer->encode(""), (Ids{end}));
  CHECK_EQUAL(tokenizer->padding().value(), 0);
  CHECK_EQUAL(tokenizer->vocabularySize(), 300);
  CHECK_EQUAL(tokenizer->id("<extra_id_0>").value(), 299);
  CHECK_EQUAL(tokenizer->id("<extra_id_99>").value(), 200);
  CHECK_EQUAL(tokenizer->encode("the <extra_id_0> the<extra_id_1>"), (Ids{the, 299, the, 298, end}));
  CHECK(tokenizer->isSpecial(299));
  CHECK_EQUAL(openTokenizer(with("t5_tiny", {{"tokenizer_class", "T5Tokenizer"}, {"extra_ids", 0}}))->vocabularySize(), 200);
  CHECK_EQUAL(openTokenizer(with("t5_tiny", nullptr))->vocabularySize(), 300);  // spiece.model alone is T5's
}

TEST_CASE("Llama: the beginning of text, and where the space in front goes") {
  const auto tokenizer = openTokenizer(folderOf("llama_tiny"));
  CHECK_EQUAL(tokenizer->encode("a"), (Ids{1, tokenizer->id("▁a").value()}));
  CHECK_EQUAL(tokenizer->beginOfText().value(), 1);
  CHECK_EQUAL(tokenizer->endOfText().value(), 2);
  CHECK_EQUAL(tokensOf(*tokenizer, "a</s>a"), (Strings{"▁a", "</s>", "▁a"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "é"), (Strings{"▁", "<0xC3>", "<0xA9>"}));
  CHECK_EQUAL(tokenizer->decode(tokenizer->encode("The sea, été 😀")), std::string("The sea, été 😀"));

  const auto modern = openTokenizer(with("llama_tiny", {{"tokenizer_class", "LlamaTokenizer"}, {"legacy", false}}));
  CHECK_EQUAL(tokensOf(*modern, "a</s>a"), (Strings{"▁a", "</s>", "a"}));
  CHECK_EQUAL(tokensOf(*modern, "a</s> a"), (Strings{"▁a", "</s>", "▁a"}));
  CHECK_EQUAL(tokensOf(*modern, "</s>a"), (Strings{"</s>", "a"}));
  const auto bare = openTokenizer(with("llama_tiny", {{"tokenizer_class", "LlamaTokenizerFast"},
                                                      {"legacy", false},
                                                      {"add_prefix_space", false},
                                                      {"add_bos_token", false},
                                                      {"add_eos_token", true}}));
  CHECK_EQUAL(tokensOf(*bare, "a", SpecialTokens::Add), (Strings{"a", "</s>"}));
  CHECK_EQUAL(bare->decode(bare->encode(" a")), std::string(" a"));
}

TEST_CASE("leading spaces: kept behind an added token only where transformers keeps them") {
  const auto legacy = openTokenizer(with("t5_tiny", nullptr));
  const auto modern = openTokenizer(with("t5_tiny", {{"tokenizer_class", "T5Tokenizer"}, {"legacy", false}}));
  CHECK_EQUAL(tokensOf(*legacy, "the</s>the"), (Strings{"▁the", "</s>", "▁the"}));
  CHECK_EQUAL(tokensOf(*modern, "the</s> the"), (Strings{"▁the", "</s>", "▁the"}));
  CHECK_EQUAL(tokensOf(*modern, "the</s>the").at(2) == "▁the", false);
  CHECK_EQUAL(tokensOf(*modern, "  the"), tokensOf(*modern, " the"));
}

TEST_CASE("Gemma: no space in front, pieces of the user's stand alone") {
  const auto tokenizer = openTokenizer(folderOf("gemma_tiny"));
  CHECK_EQUAL(tokenizer->encode("ships").at(0), tokenizer->id("<bos>").value());
  CHECK_EQUAL(tokensOf(*tokenizer, "ships"), (Strings{"ship", "s"}));
  CHECK_EQUAL(tokensOf(*tokenizer, "<start_of_turn>a    b"), (Strings{"<start_of_turn>", "a", "▁▁▁▁", "b"}));
}

TEST_CASE("megabytes with and without a space stay linear") {
  const std::string words = "the sea was calm and the little boat sailed on ";
  std::string text, glued;
  while (text.size() < 1'000'000)
    text += words;
  for (const char character : text)
    if (character != ' ') glued += character;
  for (const char* name : {"t5_tiny", "llama_tiny", "gemma_tiny"}) {
    const auto tokenizer = openTokenizer(folderOf(name));
    CHECK(megabytesPerSecond(*tokenizer, text) > 0.5);  // some 20 on a laptop's core
    CHECK(megabytesPerSecond(*tokenizer, glued) > 0.25);
    CHECK(megabytesPerSecond(*tokenizer, std::string(1'000'000, 'a')) > 0.25);
  }
}

TEST_CASE("files that are not such a model, or one this program does not know") {
  const std::string bpe = field(2, field(3, 2));
  CHECK_EQUAL(openBytes(sound + bpe)->encode("ab"), (Ids{1, 6, 5}));
  CHECK_EQUAL(openBytes(sound + bpe)->encode("aé§b"), (Ids{1, 6, 0, 5}));  // two unknown characters, one unknown token
  std::size_t refused = 0;                                                 // a file that ends between two pieces is a smaller model
  for (std::size_t size = 0; size < (sound + bpe).size(); ++size) {
    try {
      openBytes((sound + bpe).substr(0, size));
    } catch (const FormatError& error) {
      CHECK(error.problem().find("tokenizer.model") != std::string::npos);
      ++refused;
    }
  }
  CHECK(refused > sound.size() / 2);
  CHECK_THROWS(openBytes("hello"), "not a sentencepiece model");
  CHECK_THROWS(openBytes(""), "0 unknown pieces");
  CHECK_THROWS(openBytes("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"), "not a sentencepiece model");
  CHECK_THROWS(openBytes("IQ== 0\nIg== 1\n"), "tiktoken");
  CHECK_THROWS(openBytes(sound + piece("<unk2>", 2)), "2 unknown pieces");
  CHECK_THROWS(openBytes(sound + piece("a", 1)), "the piece 'a' twice");
  CHECK_THROWS(openBytes(sound + piece("", 1)), "piece 7 no text");
  CHECK_THROWS(openBytes(sound + piece("c", 1, NAN)), "piece 7 no text, or one without a score");
  CHECK_THROWS(openBytes(sound + piece(std::string(5000, 'c'), 1)), "piece 7 no text");
  CHECK_THROWS(openBytes(sound + piece("c", 5)), "kind that is not implemented");
  CHECK_THROWS(openBytes(sound + piece("<0xZZ>", 6)), "names no byte");
  CHECK_THROWS(openBytes(sound + field(2, "\x98\x02\x01")), "not all 256");  // byte_fallback
  CHECK_THROWS(openBytes(sound + field(2, field(3, 4))), "model_type char");
  CHECK_THROWS(openBytes(sound + field(2, "\xC0\x01\x01")), "treat_whitespace_as_suffix");
  CHECK_THROWS(openBytes(sound + field(3, field(2, "abc"))), "precompiled_charsmap that is cut off");
  CHECK_THROWS(openBytes(sound + field(5, field(2, "abc"))), "denormalizer_spec");
  CHECK_THROWS(openTokenizer(with("t5_tiny", {{"tokenizer_class", "PegasusTokenizer"}})),
               "tokenizer_class 'PegasusTokenizer' is not known");
  CHECK_THROWS(openTokenizer(with("t5_tiny", {{"tokenizer_class", "T5Tokenizer"}, {"eos_token", "<end>"}})), "has no end of text");
}
