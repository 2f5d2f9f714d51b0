// The probabilities of a head's classes against transformers' scores.
#include "core/generation/classify.h"
#include "core/generation/generate.h"
#include "core/model/frozen_model.h"
#include "tests/core/class_variants.h"
#include "tests/core/model/reference.h"

#include <ATen/TensorOperators.h>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

TEST_CASE("a bare model with a head gives transformers' probabilities, and writes nothing") {
  for (const auto& variant : classVariants) {
    const Reference reference(variant);
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const at::Tensor ids = reference["fwd.full.input_ids"], expected = reference["fwd.full.logits"].softmax(1);
    for (std::int64_t row = 0; row < ids.size(0); ++row) {
      std::vector<TokenId> text;
      for (std::int64_t column = 0; column < ids.size(1); ++column)
        text.push_back(static_cast<TokenId>(ids[row][column].item<std::int64_t>()));
      const auto classes = classify(*model, {}, text);
      CHECK_EQUAL(classes.size(), static_cast<std::size_t>(expected.size(1)));
      for (std::size_t i = 0; i < classes.size(); ++i) {
        CHECK_CLOSE(classes[i].probability, expected[row][static_cast<std::int64_t>(i)].item<double>(), 1e-5);
        CHECK_EQUAL(classes[i].label, "LABEL_" + std::to_string(i));
      }
      CHECK_THROWS(generate(*model, {}, text, {}), "writes none");
    }
    CHECK_THROWS(classify(*model, {}, std::vector<TokenId>{}), "no text");
    CHECK_THROWS(classify(*model, {}, std::vector<TokenId>{300}), "outside the vocabulary");
  }
}

TEST_CASE("a model that writes text has no classes") {
  const auto model = openModel(fixtures() / "gpt2" / "model", {Precision::Fp32, "cpu"});
  CHECK_THROWS(classify(*model, {}, std::vector<TokenId>{1, 2}), "no head");
}
