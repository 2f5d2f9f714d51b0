// What models say with a prompt among the text, token for token as transformers (tests/fixtures/placed/make.py).
#include "core/generation/classify.h"
#include "core/generation/generate.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "tests/core/model/reference.h"

#include <algorithm>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

struct Asked {
  SafetensorsFile file;
  SoftPrompt prompt;
  std::vector<TokenId> text;
  Places places;
  at::Tensor said;

  Asked(const std::string& variant, const std::string& layout) : file(fixtures() / "placed" / (variant + ".safetensors")) {
    const at::Tensor rows = tensorOf(file, layout + ".final").contiguous(), ids = tensorOf(file, layout + ".ids")[0],
                     where = tensorOf(file, layout + ".places")[0];
    prompt.rows = Matrix(rows.size(0), rows.size(1));
    std::copy_n(rows.data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
    for (std::int64_t i = 0; i < ids.size(0); ++i)
      if (const auto id = ids[i].item<std::int64_t>(); id >= 0) text.push_back(static_cast<TokenId>(id));
    for (std::int64_t i = 0; i < where.size(0); ++i)
      places.push_back({where[i][0].item<std::int64_t>(), where[i][1].item<std::int64_t>()});
    said = tensorOf(file, layout + ".said");
  }
};

std::shared_ptr<const FrozenModel> open(const std::string& variant) {
  return openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
}

}  // namespace

TEST_CASE("greedy text behind a prompt in its places is transformers', from the cache") {
  for (const std::string variant : {"gpt2", "llama", "bloom", "qwen3", "t5"})
    for (const std::string layout : {"middle", "split", "behind_words"}) {
      const Asked asked(variant, layout);
      GenerationOptions options;
      options.maxNewTokens = asked.said.size(0);
      options.stopAtEndOfText = false;
      options.places = asked.places;
      std::vector<TokenId> expected;
      for (std::int64_t i = 0; i < asked.said.size(0); ++i)
        expected.push_back(static_cast<TokenId>(asked.said[i].item<std::int64_t>()));
      const auto model = open(variant);
      CHECK_EQUAL(generate(*model, asked.prompt, asked.text, options), expected);
      SoftPrompt shorter = asked.prompt;
      shorter.rows = Matrix(3, shorter.width());
      CHECK_THROWS(generate(*model, shorter, asked.text, options), "and the prompt has 3");
      CHECK_EQUAL(generate(*model, {}, asked.text, options).size(), expected.size());  // the bare model has no places
    }
}

TEST_CASE("a head sorts a text with a prompt in its places as transformers") {
  for (const std::string variant : {"bert_seqcls", "llama_seqcls"})
    for (const std::string layout : {"middle", "split", "behind_words"}) {
      const Asked asked(variant, layout);
      const auto classes = classify(*open(variant), asked.prompt, asked.text, asked.places);
      for (std::size_t i = 0; i < classes.size(); ++i)
        CHECK_CLOSE(classes[i].probability, asked.said[static_cast<std::int64_t>(i)].item<double>(), 1e-4);
    }
}
