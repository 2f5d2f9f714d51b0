// Rotary positions that depend on the length of the texts: what config.json means, which batch goes by which length, and the frequencies
// against the papers' formulas. Logits, gradients, ten steps and greedy answers are held against transformers with all other fixtures.
#include "core/model/positions/rope_scaling.h"

#include "core/model/frozen_model.h"
#include "core/model/positions/rotary.h"
#include "core/support/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

// A Llama's card with 4 numbers of a head, whose config.json says this too.
ModelCard cardWith(const Json& more, const std::string& family = "llama") {
  Json config = readJson(fixtures() / "llama" / "model" / "config.json");
  config["model_type"] = family;
  config.erase("rope_theta");
  config.update(more);
  const auto folder = scratch("rope");
  writeJson(folder / "config.json", config);
  ModelCard card = readCard(folder);
  card.headSize = 4;
  return card;
}

Json longRope(const Json& more = Json::object()) {
  Json scaling{{"rope_type", "longrope"}, {"short_factor", {1.0, 2.0}}, {"long_factor", {4.0, 8.0}}};
  scaling.update(more);
  return scaling;
}

std::vector<double> frequencies(const ModelCard& card, std::int64_t longest) {
  const RopeScaling scaling(card);
  const RotaryFrequencies found = scaling.frequencies(4, scaling.decidingLength(longest));
  return {found.values[0], found.values[1], found.length};
}

bool close(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return std::abs(x - y) < 2e-7 * y; });
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

TEST_CASE("LongRoPE has its short factors up to the border and its long ones beyond, in the words of transformers 4 and 5") {
  const double length = std::sqrt(1 + std::log(64.0 / 16) / std::log(16.0));
  const auto check = [&](const ModelCard& card, double factor) {
    CHECK_EQUAL(card.contextLength, std::int64_t{64});
    CHECK_EQUAL(card.ropeBorder, std::int64_t{16});
    CHECK(close(frequencies(card, 16), {1, 0.05, factor}));
    CHECK(close(frequencies(card, 17), {0.25, 0.1 / 8, factor}));
    CHECK(close(frequencies(card, 64), {0.25, 0.1 / 8, factor}));
  };
  const Json sizes{{"max_position_embeddings", 64}}, theta{{"rope_theta", 100.0}}, first{{"original_max_position_embeddings", 16}};
  const auto with = [&](const char* key, Json scaling, std::initializer_list<Json> others) {
    Json all = sizes;
    all[key] = std::move(scaling);
    for (const Json& other : others)
      all.update(other);
    return all;
  };
  Json inside = longRope(first);
  inside["rope_theta"] = 100.0;
  check(cardWith(with("rope_parameters", inside, {})), length);
  check(cardWith(with("rope_scaling", longRope(), {theta, first})), length);
  check(cardWith(with("rope_scaling", longRope(first), {theta})), length);
  for (const char* word : {"su", "yarn"}) {  // what the first files of Phi-3 call it
    Json old = longRope();
    old.erase("rope_type");
    old["type"] = word;
    check(cardWith(with("rope_scaling", old, {theta, first}), "phi3"), length);
  }
  inside["factor"] = 9.0;  // counts for the length of queries and keys, not for the border
  check(cardWith(with("rope_parameters", inside, {})), std::sqrt(1 + std::log(9.0) / std::log(16.0)));
  inside["attention_factor"] = 1.5;
  check(cardWith(with("rope_parameters", inside, {})), 1.5);
  // The model's own key counts more than the scaling's, as in transformers.
  inside["original_max_position_embeddings"] = 20;
  check(cardWith(with("rope_parameters", inside, {first})), 1.5);
  CHECK_EQUAL(cardWith(with("rope_scaling", longRope(), {{{"max_position_embeddings", 131072}}}), "phi3").ropeBorder, std::int64_t{4096});
  CHECK_EQUAL(
      RopeScaling(cardWith(with("rope_parameters", inside, {first}))).sentence(),
      "LongRoPE: its short factors where the longest text of a batch, virtual tokens included, has at most 16 tokens, its long ones for "
      "the whole batch otherwise.");
}

TEST_CASE("dynamic NTK enlarges the base with the longest text, and the context by its factor") {
  for (const char* key : {"rope_scaling", "rope_parameters"})
    for (const char* type : {"type", "rope_type"}) {
      // original_max_position_embeddings is not asked by transformers either.
      const ModelCard card = cardWith({{"max_position_embeddings", 20},
                                       {"rope_theta", 100.0},
                                       {key, {{type, "dynamic"}, {"factor", 2.5}, {"original_max_position_embeddings", 7}}}});
      CHECK_EQUAL(card.contextLength, std::int64_t{50});
      CHECK_EQUAL(card.ropeBorder, std::int64_t{20});
      for (const std::int64_t length : {1, 20})
        CHECK(close(frequencies(card, length), {1, 0.1, 1}));
      for (const std::int64_t length : {21, 40, 50}) {
        const double base = 100 * std::pow(2.5 * static_cast<double>(length) / 20 - 1.5, 4.0 / 2.0);
        CHECK(close(frequencies(card, length), {1, 1 / std::sqrt(base), 1}));
      }
    }
}

TEST_CASE("scalings that do not ask for the length have no border") {
  const ModelCard card = cardWith({{"max_position_embeddings", 64}, {"rope_scaling", {{"type", "linear"}, {"factor", 2.5}}}});
  CHECK_EQUAL(card.ropeBorder, std::int64_t{0});
  CHECK_EQUAL(card.contextLength, std::int64_t{64});
  CHECK_EQUAL(RopeScaling(card).decidingLength(60), std::int64_t{0});
  CHECK_EQUAL(RopeScaling(card).sentence(), "linear, factor 2.5, whatever the length of the text.");
  CHECK_EQUAL(RopeScaling(cardWith(Json::object())).sentence(), "");
}

TEST_CASE("what is missing beyond the border is said when the model is opened") {
  const auto refused = [](Json scaling, std::string_view sentence) {
    const ModelCard card = cardWith({{"max_position_embeddings", 64}, {"rope_parameters", std::move(scaling)}});
    CHECK_THROWS(Rotary(card, 4, "cpu"), sentence);
  };
  Json scaling = longRope({{"original_max_position_embeddings", 16}});
  scaling.erase("long_factor");
  refused(scaling, "lacks a number that its type 'longrope' needs");
  refused(longRope({{"original_max_position_embeddings", 16}, {"long_factor", {1.0, 2.0, 3.0}}}), "has 3 numbers where 2 are needed");
  refused({{"rope_type", "dynamic"}}, "lacks a number that its type 'dynamic' needs");
  refused({{"rope_type", "dynamic"}, {"factor", -1}}, "a factor of -1");
  CHECK_THROWS(cardWith({{"rope_parameters", longRope({{"original_max_position_embeddings", 0}})}}), "not a possible length");
}

TEST_CASE("a forest is one batch until another is appended, as long as its longest text") {
  Forest forest, other, both;
  const int root = forest.add(-1, 5);
  forest.add(root, 3);
  forest.add(root, 7);
  other.add(-1, 4);
  other.add(-1, 2);
  other.padTo(6);
  other.padTo(5);
  both.append(forest);
  both.append(other);
  const auto batches = both.batches();
  CHECK_EQUAL(batches.size(), std::size_t{2});
  CHECK_EQUAL(batches[0].rows.begin, std::int64_t{0});
  CHECK_EQUAL(batches[0].rows.length, std::int64_t{15});
  CHECK_EQUAL(batches[0].length, std::int64_t{12});
  CHECK_EQUAL(batches[1].rows.begin, std::int64_t{15});
  CHECK_EQUAL(batches[1].rows.length, std::int64_t{6});
  CHECK_EQUAL(batches[1].depth, std::int64_t{4});
  CHECK_EQUAL(batches[1].length, std::int64_t{6});
  CHECK(Forest().batches().empty());
}

TEST_CASE("batches of one pass turn by the angles they have alone, and nothing is remembered") {
  for (const Json& scaling : {longRope({{"original_max_position_embeddings", 16}}), Json{{"rope_type", "dynamic"}, {"factor", 4.0}}}) {
    const ModelCard card = cardWith({{"max_position_embeddings", scaling.contains("factor") ? 16 : 64}, {"rope_parameters", scaling}});
    const Rotary rotary(card, 4, "cpu");
    std::vector<at::Tensor> alone;
    Forest together;
    at::manual_seed(3);
    std::vector<at::Tensor> parts;
    for (const std::int64_t length : {9, 30, 16, 17}) {
      Forest forest;
      const int root = forest.add(-1, 4);
      forest.add(root, length - 4);
      forest.add(root, 2);
      parts.push_back(at::randn({forest.rows(), 8}));
      const at::Tensor positions = at::tensor(forest.positions(), at::kLong);
      alone.push_back(rotate(parts.back(), rotary.turning(forest, 0, positions), 2));
      // A model that has seen nothing else.
      CHECK(rotate(parts.back(), Rotary(card, 4, "cpu").turning(forest, 0, positions), 2).equal(alone.back()));
      together.append(forest);
    }
    const at::Tensor all = at::cat(parts), positions = at::tensor(together.positions(), at::kLong), expected = at::cat(alone);
    CHECK(rotate(all, rotary.turning(together, 0, positions), 2).equal(expected));
    const std::int64_t first = 20;  // amid the second batch
    const Turning rest = rotary.turning(together, first, positions.slice(0, first));
    CHECK(rotate(all.slice(0, first), rest, 2).equal(expected.slice(0, first)));
    CHECK(rotary.sameAngles(9, 16));
    CHECK(!rotary.sameAngles(16, 17));
    CHECK_EQUAL(rotary.sameAngles(17, 30), !scaling.contains("factor"));
  }
}

TEST_CASE("beyond the border a text is what the model makes of it, whatever it read before; info tells the border") {
  for (const char* variant : {"llama_longrope", "phi3_longrope", "llama_dynamic"}) {
    const auto model = openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"});
    const auto read = [&](std::int64_t length) {
      Forest forest;
      forest.add(-1, length);
      return model->forward(model->embed(at::arange(3, 3 + length, at::kLong)), {forest});
    };
    const at::Tensor before = read(9), longer = read(22), after = read(9);
    CHECK(before.equal(after));
    CHECK(largestDifference(longer.narrow(0, 0, 9), before) > 0.05);  // causal, and yet another beginning
    CHECK(model->cacheServes(8, 9) && !model->cacheServes(9, 22));
    const ModelSummary summary = inspectModel(fixtures() / variant / "model");
    CHECK(summary.rope.find(std::to_string(model->card().ropeBorder) + " tokens") != std::string::npos);
  }
  CHECK_EQUAL(inspectModel(fixtures() / "gpt2" / "model").rope, "");
}
