// Greedy text with PEFT's tuned prompt and without one, token for token; sampling by its definition.
#include "core/generation/generate.h"
#include "core/generation/sampler.h"
#include "core/model/frozen_model.h"
#include "core/support/json.h"
#include "tests/core/encoder_decoder_variants.h"
#include "tests/core/model/reference.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

SoftPrompt promptOf(const at::Tensor& values) {
  SoftPrompt prompt;
  prompt.rows = Matrix(values.size(0), values.size(1));
  std::copy_n(values.contiguous().data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
  return prompt;
}

std::vector<TokenId> idsOf(const at::Tensor& row) {
  std::vector<TokenId> ids;
  for (std::int64_t i = 0; i < row.size(0); ++i)
    ids.push_back(static_cast<TokenId>(row[i].item<std::int64_t>()));
  return ids;
}

GenerationOptions twelveTokens() {
  GenerationOptions options;
  options.maxNewTokens = 12;
  options.stopAtEndOfText = false;  // as the fixtures were made
  return options;
}

}  // namespace

TEST_CASE("greedy ids with the tuned prompt and without are those of PEFT and transformers") {
  for (const auto& variant : causalVariants) {
    const Reference reference(variant);
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const auto text = idsOf(reference["gen.input_ids"][0]);
    const auto behind = [&](const char* name) {
      const auto all = idsOf(reference[name][0]);
      return std::vector<TokenId>(all.begin() + static_cast<std::ptrdiff_t>(text.size()), all.end());
    };
    SoftPrompt tuned = promptOf(reference["prompt.final"]);
    if (hasUnscaledRows(variant)) tuned.origin.rowScale = RowScale::Unscaled;
    CHECK_EQUAL(generate(*model, tuned, text, twelveTokens()), behind("gen.output_ids"));
    CHECK_EQUAL(generate(*model, {}, text, twelveTokens()), behind("gen_base.output_ids"));
  }
}

TEST_CASE("greedy answers of encoder-decoder models are PEFT's, alone and from a batch") {
  for (const auto& variant : encoderDecoderVariants)
    for (const std::string sub : {"sub1.", "sub2."}) {
      const Reference reference(variant);
      const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
      const SoftPrompt prompt = promptOf(reference[sub + "prompt.final"].narrow(0, 0, 5));
      for (const std::string batch : {"gen", "gen_batch"}) {
        const at::Tensor ids = reference[batch + ".input_ids"], mask = reference[batch + ".attention_mask"],
                         expected = reference[sub + batch + ".output_ids"];
        for (std::int64_t row = 0; row < ids.size(0); ++row) {
          std::vector<TokenId> text;
          for (std::int64_t i = 0; i < ids.size(1); ++i)
            if (mask[row][i].item<std::int64_t>() != 0) text.push_back(static_cast<TokenId>(ids[row][i].item<std::int64_t>()));
          auto answer = idsOf(expected[row]);
          CHECK_EQUAL(answer.front(), model->card().decoderStart);  // transformers shows it, we do not
          answer.erase(answer.begin());
          CHECK_EQUAL(generate(*model, prompt, text, twelveTokens()), answer);
        }
      }
    }
}

TEST_CASE("every token reaches the listener at once, and the listener can stop") {
  const Reference reference("llama");
  const auto model = openModel(fixtures() / "llama" / "model", {Precision::Fp32, "cpu"});
  const auto text = idsOf(reference["gen.input_ids"][0]);
  std::vector<TokenId> heard;
  const auto ids = generate(*model, {}, text, twelveTokens(), [&](TokenId id, double probability) {
    CHECK(probability > 0 && probability <= 1);
    heard.push_back(id);
    return heard.size() < 3;
  });
  CHECK_EQUAL(heard.size(), std::size_t{3});
  CHECK_EQUAL(ids, heard);
}

TEST_CASE("generation ends at any of the tokens that generation_config.json names, or config.json's where it names none") {
  const Reference reference("llama");
  const auto text = idsOf(reference["gen.input_ids"][0]);
  const auto whole = generate(*openModel(fixtures() / "llama" / "model", {Precision::Fp32, "cpu"}), {}, text, twelveTokens());
  GenerationOptions stopping = twelveTokens();
  stopping.stopAtEndOfText = true;
  const auto lengthWith = [&](const Json& generation, const Json& config) {
    const auto folder = scratch("stops");
    std::filesystem::copy_file(fixtures() / "llama" / "model" / "model.safetensors", folder / "model.safetensors");
    Json own = readJson(fixtures() / "llama" / "model" / "config.json");
    own["eos_token_id"] = config;
    writeJson(folder / "config.json", own);
    if (!generation.is_null()) writeJson(folder / "generation_config.json", generation);
    return generate(*openModel(folder, {Precision::Fp32, "cpu"}), {}, text, stopping).size();
  };
  const auto first = [&](std::size_t at) {
    return static_cast<std::size_t>(std::find(whole.begin(), whole.end(), whole[at]) - whole.begin());
  };
  CHECK(first(2) > 0);
  CHECK_EQUAL(lengthWith({{"eos_token_id", {299, whole[2]}}}, 298), first(2));
  CHECK_EQUAL(lengthWith({{"eos_token_id", whole[2]}}, whole[0]), first(2));  // it wins over config.json
  CHECK_EQUAL(lengthWith({{"do_sample", true}}, whole[2]), first(2));
  CHECK_EQUAL(lengthWith(nullptr, {298, whole[2]}), first(2));
  CHECK_EQUAL(lengthWith(nullptr, nullptr), whole.size());
  CHECK_THROWS(lengthWith({{"eos_token_id", "</s>"}}, nullptr), "generation_config.json' gives eos_token_id = \"</s>\"");
  CHECK_THROWS(lengthWith({{"eos_token_id", {1, 2.5}}}, nullptr), "not a token, nor a list of tokens");
  CHECK_THROWS(lengthWith({1, 2}, nullptr), "not a JSON object");
}

TEST_CASE("generation ends where the context ends, and refuses what cannot fit") {
  const auto model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});  // context 64
  GenerationOptions options = twelveTokens();
  options.maxNewTokens = 1000;
  CHECK_EQUAL(generate(*model, {}, std::vector<TokenId>(60, 5), options).size(), std::size_t{5});
  CHECK_THROWS(generate(*model, {}, std::vector<TokenId>(65, 5), options), "context of 'gpt2' holds 64");
  CHECK_THROWS(generate(*model, {}, std::vector<TokenId>{300}, options), "outside the vocabulary");
  CHECK_THROWS(generate(*model, {}, std::vector<TokenId>{}, options), "no text");
}

TEST_CASE("sampling follows temperature, top-k, top-p and seed") {
  const std::vector<float> logits{0.0f, std::log(2.0f), std::log(4.0f), std::log(1.0f)};  // probabilities 1/8 2/8 4/8 1/8
  const auto counts = [&](Sampling sampling) {
    Sampler sampler(sampling);
    std::vector<int> count(4);
    for (int i = 0; i < 8000; ++i)
      ++count[static_cast<std::size_t>(sampler.choose(logits).token)];
    return count;
  };
  const auto plain = counts({1, 1, 0, 3});
  CHECK_CLOSE(plain[2], 4000, 200);
  CHECK_CLOSE(plain[0], 1000, 150);
  const auto two = counts({1, 1, 2, 3});
  CHECK_EQUAL(two[0] + two[3], 0);
  CHECK_CLOSE(two[2], 8000 * 2 / 3.0, 200);
  CHECK_EQUAL(counts({1, 0.4, 0, 3}), (std::vector<int>{0, 0, 8000, 0}));
  CHECK_EQUAL(counts({0, 1, 0, 3}), (std::vector<int>{0, 0, 8000, 0}));
  CHECK_EQUAL(counts({0.7, 0.9, 0, 11}), counts({0.7, 0.9, 0, 11}));
  CHECK_THROWS(Sampler({-1, 1, 0, 0}), "temperature");
  CHECK_THROWS(Sampler({1, 0, 0, 0}), "top-p");
}
