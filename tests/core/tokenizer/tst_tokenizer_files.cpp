// Tokenizer folders: what they hold, what their config files say on top, and what happens when they are broken.
#include "core/support/json.h"
#include "tests/core/tokenizer/small_tokenizers.h"

#include <thread>

using namespace incipit;
using namespace incipit::test;

namespace {

std::filesystem::path tiny() { return fixtures() / "tokenizers" / "gpt2_tiny"; }

// A copy of the tiny GPT-2 tokenizer with another tokenizer_config.json.
std::filesystem::path tinyWith(const json& config, const std::string& name) {
  const auto folder = scratch(name);
  for (const char* file : {"vocab.json", "merges.txt"})
    std::filesystem::copy_file(tiny() / file, folder / file);
  if (!config.is_null()) writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  return folder;
}

json smallLlama() { return llamaStyle({"▁", "a", "b", "▁a"}, {"▁ a"}); }

}  // namespace

TEST_CASE("vocab.json and merges.txt: the ids transformers gives") {
  const auto tokenizer = openTokenizer(tiny());
  for (const Json& expected : readJson(tiny() / "expected.json")) {
    const std::string text = expected["text"];
    CHECK_EQUAL(tokenizer->encode(text), expected["ids"].get<Ids>());
    CHECK_EQUAL(tokenizer->decode(tokenizer->encode(text)), text);
  }
  CHECK_EQUAL(tokenizer->beginOfText(), tokenizer->id("<|endoftext|>"));
  CHECK_EQUAL(tokenizer->endOfText().has_value(), true);
  CHECK_EQUAL(tokenizer->padding().has_value(), false);
  CHECK(tokenizer->isSpecial(*tokenizer->endOfText()));
}

TEST_CASE("tokens and pieces, the vocabulary's spelling and the text") {
  const auto tokenizer = openTokenizer(tiny());
  const TokenId space = tokenizer->id("Ġ").value();
  CHECK_EQUAL(tokenizer->token(space), std::string("Ġ"));
  CHECK_EQUAL(tokenizer->piece(space), std::string(" "));
  CHECK_EQUAL(tokenizer->piece(tokenizer->id("Ã").value()), std::string("<0xC3>"));
  CHECK_EQUAL(tokenizer->piece(tokenizer->endOfText().value()), std::string("<|endoftext|>"));
  CHECK_THROWS(tokenizer->token(tokenizer->vocabularySize()), "is not a token of this tokenizer");
  CHECK_THROWS(tokenizer->token(-1), "is not a token of this tokenizer");
  CHECK_THROWS(tokenizer->piece(1 << 30), "is not a token of this tokenizer");
  CHECK_EQUAL(tokenizer->decode(Ids{space, 1 << 30, -5, space}), std::string("  "));

  const auto llama = openJson(smallLlama(), "pieces");
  CHECK_EQUAL(llama->piece(llama->id("▁a").value()), std::string(" a"));
  CHECK_EQUAL(llama->piece(llama->id("<0x0A>").value()), std::string("\n"));
  CHECK_EQUAL(llama->piece(llama->id("<0xE2>").value()), std::string("<0xE2>"));
}

TEST_CASE("special tokens are shown or skipped") {
  const auto tokenizer = openJson(smallLlama(), "shown");
  const Ids ids = tokenizer->encode("ab</s>");
  CHECK_EQUAL(tokenizer->decode(ids), std::string("ab"));
  CHECK_EQUAL(tokenizer->decode(ids, ShowSpecial::Yes), std::string("<s> ab</s>"));
}

TEST_CASE("empty texts and texts that are not UTF-8") {
  const auto tokenizer = openJson(smallLlama(), "odd");
  CHECK_EQUAL(tokenizer->encode("", SpecialTokens::Leave), Ids{});
  CHECK_EQUAL(tokenizer->encode(""), (Ids{1}));
  CHECK_EQUAL(tokenizer->decode({}), std::string());
  CHECK_EQUAL(tokenizer->encode("a\xFF"), tokenizer->encode("a\xEF\xBF\xBD"));
  CHECK_EQUAL(openTokenizer(tiny())->decode(openTokenizer(tiny())->encode("\xE4\xBD!")), std::string("\xEF\xBF\xBD!"));
}

TEST_CASE("Llama's class builds its post-processor from the config") {
  auto first = [&](const json& config, const std::string& name) { return openJson(smallLlama(), name, config)->encode("a"); };
  CHECK_EQUAL(first({{"tokenizer_class", "LlamaTokenizerFast"}}, "default"), (Ids{1, 262}));
  CHECK_EQUAL(first({{"tokenizer_class", "LlamaTokenizer"}, {"add_bos_token", false}}, "none"), (Ids{262}));
  CHECK_EQUAL(first({{"tokenizer_class", "LlamaTokenizer"}, {"add_eos_token", true}}, "eos"), (Ids{1, 262, 2}));
  // Any other class keeps what tokenizer.json says.
  CHECK_EQUAL(first({{"tokenizer_class", "PreTrainedTokenizerFast"}, {"add_bos_token", false}}, "other"), (Ids{1, 262}));
  CHECK_THROWS(first({{"tokenizer_class", "LlamaTokenizer"}, {"bos_token", "<start>"}}, "missing"), "puts the bos_token around every text");
}

TEST_CASE("roles come as texts or objects, from one file or the other") {
  const json file = smallLlama();
  auto tokenizer =
      openJson(file, "objects", {{"bos_token", {{"content", "<s>"}, {"lstrip", false}}}, {"eos_token", "</s>"}, {"pad_token", nullptr}});
  CHECK_EQUAL(tokenizer->beginOfText().value_or(-1), 1);
  CHECK_EQUAL(tokenizer->endOfText().value_or(-1), 2);
  CHECK(!tokenizer->padding().has_value());

  const auto folder = writeTokenizer(file, "map");
  writeFileAtomically(folder / "special_tokens_map.json", R"({"eos_token": "</s>", "pad_token": {"content": "<unk>"}})");
  tokenizer = openTokenizer(folder);
  CHECK_EQUAL(tokenizer->endOfText().value_or(-1), 2);
  CHECK_EQUAL(tokenizer->padding().value_or(-1), 0);
  CHECK(!tokenizer->beginOfText().has_value());
  CHECK(!openJson(file, "unknown-pad", {{"pad_token", "[PAD]"}})->padding().has_value());  // a token without a row
}

TEST_CASE("tokens that only the config knows are added") {
  json decoder = {
      {"270",
       {{"content", "<user>"}, {"lstrip", false}, {"rstrip", true}, {"single_word", false}, {"normalized", false}, {"special", true}}}};
  auto tokenizer = openJson(smallLlama(), "decoder", {{"added_tokens_decoder", decoder}});
  CHECK_EQUAL(tokenizer->encode("<user>  a", SpecialTokens::Leave), (Ids{270, 262}));
  CHECK_EQUAL(tokenizer->vocabularySize(), 271);
  CHECK(tokenizer->isSpecial(270));
  tokenizer = openJson(smallLlama(), "additional", {{"additional_special_tokens", {"b"}}});
  CHECK(tokenizer->isSpecial(tokenizer->id("b").value()));
  CHECK_THROWS(openJson(smallLlama(), "bad", {{"added_tokens_decoder", {{"x", {{"content", "<u>"}}}}}}), "the key 'x', which is not an id");
}

TEST_CASE("folders with vocab.json by their class") {
  const TokenId end = openTokenizer(tiny())->endOfText().value();
  auto ids = [&](const json& config, const std::string& name) { return openTokenizer(tinyWith(config, name))->encode("the"); };
  const Ids plain = ids(nullptr, "no-config");  // without a config: GPT-2
  CHECK_EQUAL(plain.size(), 3U);
  Ids expected = plain;
  expected.insert(expected.begin(), end);
  CHECK_EQUAL(ids({{"tokenizer_class", "GPT2Tokenizer"}, {"add_bos_token", true}}, "bos"), expected);  // as OPT has it
  expected.push_back(end);
  const json roberta = {{"tokenizer_class", "RobertaTokenizer"}, {"cls_token", "<|endoftext|>"}, {"sep_token", "<|endoftext|>"}};
  CHECK_EQUAL(ids(roberta, "roberta"), expected);
  CHECK_EQUAL(ids({{"tokenizer_class", "Qwen2Tokenizer"}}, "qwen"), plain);
  CHECK_EQUAL(openTokenizer(tinyWith({{"add_prefix_space", true}}, "prefix"))->decode(ids({{"add_prefix_space", true}}, "prefix2")),
              std::string(" the"));
  CHECK_THROWS(ids({{"tokenizer_class", "CLIPTokenizer"}}, "clip"), "tokenizer_class 'CLIPTokenizer' is not known");
  CHECK_THROWS(ids({{"tokenizer_class", "RobertaTokenizer"}}, "no-cls"), "needs a sep_token");
}

TEST_CASE("where no file names a class, the model's family does") {
  const json roles = {{"cls_token", "<|endoftext|>"}, {"sep_token", "<|endoftext|>"}};
  const auto folder = tinyWith(roles, "family");
  const Ids plain = openTokenizer(folder)->encode("the");
  writeFileAtomically(folder / "config.json", R"({"model_type": "roberta"})");
  CHECK_EQUAL(openTokenizer(folder)->encode("the").size(), plain.size() + 2);
  writeFileAtomically(folder / "config.json", R"({"model_type": "roberta", "tokenizer_class": "GPT2Tokenizer"})");
  CHECK_EQUAL(openTokenizer(folder)->encode("the"), plain);
}

TEST_CASE("broken files are refused with their name") {
  CHECK_THROWS(openTokenizer(scratch("empty")), "There is no tokenizer in");
  const std::string whole = smallLlama().dump();
  const auto folder = scratch("truncated");
  writeFileAtomically(folder / "tokenizer.json", whole.substr(0, whole.size() / 2));
  CHECK_THROWS(openTokenizer(folder), "tokenizer.json");
  CHECK_THROWS(openJson(json::array(), "array"), "is not an object");
  CHECK_THROWS(openJson(json::object(), "no-model"), "has no 'model'");

  auto broken = [&](const char* pointer, const json& value, const std::string& name) {
    json file = smallLlama();
    file[json::json_pointer(pointer)] = value;
    return openJson(file, name);
  };
  CHECK_THROWS(broken("/post_processor/type", "Sandwich", "post"), "the post_processor (type 'Sandwich')");
  CHECK_THROWS(broken("/post_processor/special_tokens", json::object(), "no-ids"), "without giving its ids");
  CHECK_THROWS(broken("/post_processor/single", json::array(), "no-text"), "the text 0 times");
  CHECK_THROWS(broken("/added_tokens/0/id", -3, "negative"), "added_tokens[0]");
  CHECK_THROWS(broken("/added_tokens/0/colour", "red", "colour"), "option 'colour'");
  CHECK_THROWS(broken("/detokenizer", 1, "extra"), "option 'detokenizer'");
  CHECK_THROWS(broken("/model/merges/0", "▁ zz", "merge"), "'zz' is not in the vocabulary");
  CHECK_THROWS(broken("/post_processor/special_tokens/<s>/ids", {99999}, "beyond"), "the id 99999 around every text");
  json nested = {{"type", "NFC"}};
  const auto wrap = [&](int times) {
    for (int i = 0; i < times; ++i)
      nested = {{"type", "Sequence"}, {"normalizers", json::array({std::move(nested)})}};
  };
  wrap(40);
  CHECK_THROWS(broken("/normalizer", nested, "nested"), "lies inside 32 others");
  // Put in as text: as values, so many levels ask for more stack than a sanitizer's build has.
  json outer = smallLlama();
  outer["normalizer"] = "here";
  std::string deep, closing, text = outer.dump();
  for (int i = 0; i < 20000; ++i)
    deep += R"({"type":"Sequence","normalizers":[)", closing += "]}";
  text.replace(text.find("\"here\""), 6, deep + R"({"type":"NFC"})" + closing);
  const auto deepFolder = scratch("deep");
  writeFileAtomically(deepFolder / "tokenizer.json", text);
  CHECK_THROWS(openTokenizer(deepFolder), "more than 256 levels deep");
  CHECK_EQUAL(broken("/truncation", {{"max_length", 2}}, "truncation")->encode("aaaa").size(), 5U);  // not the tokenizer's business
}

TEST_CASE("one tokenizer serves several threads") {
  const auto tokenizer = openTokenizer(tiny());
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += " word" + std::to_string(i * 7919 % 1000) + " software license";
  const Ids expected = openTokenizer(tiny())->encode(text);
  std::vector<Ids> found(4);
  std::vector<std::thread> threads;
  for (Ids& ids : found)
    threads.emplace_back([&] { ids = tokenizer->encode(text); });
  for (std::thread& thread : threads)
    thread.join();
  for (const Ids& ids : found)
    CHECK(ids == expected);
}
