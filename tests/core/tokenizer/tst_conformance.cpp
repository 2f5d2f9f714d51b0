// Real tokenizers against the ids other projects expect. They are large and under licences of their own, so they are not kept here:
// INCIPIT_TOKENIZERS names a folder with <model>/tokenizer.json (or an older layout) and cases/.
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/tokenizer/text/unicode.h"
#include "core/tokenizer/tokenizer.h"
#include "tests/harness/harness.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

using namespace incipit;

namespace {

std::filesystem::path tokenizers() {
  const char* folder = std::getenv("INCIPIT_TOKENIZERS");
  if (!folder) SKIP("INCIPIT_TOKENIZERS names no folder of real tokenizers");
  return folder;
}

std::shared_ptr<const Tokenizer> open(const std::string& name) {
  const std::filesystem::path folder = tokenizers() / name;
  if (std::filesystem::exists(folder / "tokenizer.derived.json")) return openTokenizerFile(folder / "tokenizer.derived.json");
  return openTokenizer(folder);
}

std::vector<std::string> cut(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (std::size_t found = text.find(separator); found != std::string::npos; found = text.find(separator, at)) {
    parts.push_back(text.substr(at, found - at));
    at = found + separator.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

// llama.cpp's cases: texts between separators, and one line of ids each, without a beginning of text.
void checkCases(const Tokenizer& tokenizer, const std::string& name) {
  const std::filesystem::path folder = tokenizers() / "cases" / "ggml";
  const auto texts = cut(readFile(folder / ("ggml-vocab-" + name + ".gguf.inp")), "\n__ggml_vocab_test__\n");
  const auto lines = cut(readFile(folder / ("ggml-vocab-" + name + ".gguf.out")), "\n");
  CHECK(lines.size() >= texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::istringstream line(lines[i]);
    const std::vector<TokenId> expected((std::istream_iterator<TokenId>(line)), std::istream_iterator<TokenId>());
    CHECK_EQUAL(tokenizer.encode(texts[i], SpecialTokens::Leave), expected);
  }
}

// The integration cases of transformers, ids with special tokens, padded on the right to one length.
void checkTransformersCases(const Tokenizer& tokenizer, const std::string& name) {
  const Json cases = readJson(tokenizers() / "cases" / "hf_transformers_integration.json").at(name);
  for (const Json& test : cases)
    for (std::size_t i = 0; i < test.at("sequences").size(); ++i) {
      auto expected = test.at("input_ids")[i].get<std::vector<TokenId>>();
      while (tokenizer.padding() && expected.back() == *tokenizer.padding())
        expected.pop_back();
      CHECK_EQUAL(tokenizer.encode(test.at("sequences")[i].get<std::string>()), expected);
    }
}

// One file of a model's folder alone, under the name a model folder has it.
std::shared_ptr<const Tokenizer> openAlone(const std::string& file, const std::string& name, const Json& config = {}) {
  const auto folder = test::scratch("alone");
  std::filesystem::copy_file(tokenizers() / file, folder / name);
  if (!config.is_null()) writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  return openTokenizer(folder);
}

// mistral-common's samples: the text shows spaces as U+2581 (most do), also the one put behind a special token, and newlines as bytes.
void checkMistralSamples(const std::string& file, const std::string& version) {
  auto tokenizer = openAlone(file, "tokenizer.model");
  std::vector<std::string> special = {"<s>", "</s>"};
  Json added = Json::object();
  for (TokenId id = 3; version != "v1" && tokenizer->token(id) != "<0x00>" && id < 10; ++id) {
    special.push_back(tokenizer->token(id));
    added[std::to_string(id)] = {{"content", special.back()}, {"special", true}};
  }
  tokenizer = openAlone(file, "tokenizer.model", {{"tokenizer_class", "LlamaTokenizer"}, {"added_tokens_decoder", added}});
  int checked = 0;
  for (const auto& sample : std::filesystem::directory_iterator(tokenizers() / "mistral" / "samples")) {
    if (!std::filesystem::exists(sample.path() / ("tokens_" + version + ".json"))) continue;
    std::string text = readFile(sample.path() / ("text_" + version + ".txt"));
    text = replaceAll(replaceAll(text, "\u2581", " "), "<0x0A>", "\n");
    for (const std::string& token : special)
      text = replaceAll(text, token + " ", token);
    const Json tokens = readJson(sample.path() / ("tokens_" + version + ".json"));
    CHECK_EQUAL(tokenizer->encode(text, SpecialTokens::Leave), tokens.at("tokens").get<std::vector<TokenId>>());
    ++checked;
  }
  CHECK(checked > 0);
}

}  // namespace

TEST_CASE("Llama 2's ids, from tokenizer.model") {
  const auto tokenizer = openAlone("llama2/tokenizer.model", "tokenizer.model");
  checkCases(*tokenizer, "llama-spm");
  checkTransformersCases(*tokenizer, "llama");
}
TEST_CASE("T5's ids, from spiece.model") { checkTransformersCases(*openAlone("t5/spiece.model", "spiece.model"), "t5"); }
TEST_CASE("Mistral's samples, from three generations of tokenizer.model") {
  checkMistralSamples("mistral/tokenizer.model.v1", "v1");
  checkMistralSamples("mistral/mistral_instruct_tokenizer_240216.model.v2", "v2");
  checkMistralSamples("mistral/mistral_instruct_tokenizer_240323.model.v3", "v3");
}
TEST_CASE("OPT begins every text with </s>") {
  const auto folder = test::scratch("opt");
  for (const char* file : {"vocab.json", "merges.txt"})
    std::filesystem::copy_file(tokenizers() / "opt" / file, folder / file);
  const Json config = {{"tokenizer_class", "GPT2Tokenizer"}, {"add_bos_token", true}, {"bos_token", "</s>"}, {"eos_token", "</s>"}};
  writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  CHECK_EQUAL(openTokenizer(folder)->encode("A photo of a cat"), (std::vector<TokenId>{2, 250, 1345, 9, 10, 4758}));
}

TEST_CASE("GPT-2's ids, from tokenizer.json") { checkCases(*open("gpt2"), "gpt-2"); }
TEST_CASE("Llama 2's ids") { checkCases(*open("llama2"), "llama-spm"); }
TEST_CASE("Llama 3's ids") { checkCases(*open("llama3"), "llama-bpe"); }
TEST_CASE("Qwen 2's ids") { checkCases(*open("qwen"), "qwen2"); }
TEST_CASE("GPT-NeoX's ids, which MPT shares") { checkCases(*open("gpt-neox-pythia"), "mpt"); }
TEST_CASE("Phi-3's ids") { checkCases(*open("phi-3"), "phi-3"); }
TEST_CASE("transformers' own cases for Llama") { checkTransformersCases(*open("llama2"), "llama"); }
TEST_CASE("transformers' own cases for Qwen 2") { checkTransformersCases(*open("qwen"), "qwen2"); }
TEST_CASE("transformers' own cases for T5") { checkTransformersCases(*open("t5"), "t5"); }

TEST_CASE("GPT-2's ids, from vocab.json and merges.txt") {
  const auto folder = test::scratch("gpt2-without-json");
  for (const char* file : {"vocab.json", "merges.txt"})
    std::filesystem::copy_file(tokenizers() / "gpt2" / file, folder / file);
  checkCases(*openTokenizer(folder), "gpt-2");
}

// Their vocabularies are GPT-2's merges under other ids.
TEST_CASE("RoBERTa and OPT cut texts as GPT-2 does") {
  const auto gpt2 = open("gpt2");
  const auto texts = cut(readFile(tokenizers() / "cases" / "ggml" / "ggml-vocab-gpt-2.gguf.inp"), "\n__ggml_vocab_test__\n");
  for (const char* name : {"roberta-base", "opt"}) {
    const auto tokenizer = open(name);
    for (const std::string& text : texts) {
      const auto ids = tokenizer->encode(text, SpecialTokens::Leave);
      const auto expected = gpt2->encode(text, SpecialTokens::Leave);
      CHECK_EQUAL(ids.size(), expected.size());
      for (std::size_t i = 0; i < ids.size(); ++i)
        CHECK_EQUAL(tokenizer->token(ids[i]), gpt2->token(expected[i]));
    }
  }
  CHECK_EQUAL(open("roberta-base")->encode("").size(), 2U);  // <s> </s>
}
