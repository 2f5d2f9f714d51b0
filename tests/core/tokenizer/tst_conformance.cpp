// Real tokenizers against the ids other projects expect. They are large and under licences of their own, so they are not kept here:
// INCIPIT_TOKENIZERS names a folder with <model>/tokenizer.json (or vocab.json + merges.txt) and cases/.
#include "core/support/files.h"
#include "core/support/json.h"
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

}  // namespace

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
