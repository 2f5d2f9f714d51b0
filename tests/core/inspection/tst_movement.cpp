// What stands beside the neighbours of single rows: the mean movement, chance, what rows share, came and went, and which tokens count.
#include "core/dataset/examples.h"
#include "core/inspection/movement.h"
#include "core/inspection/token_filter.h"
#include "core/model/frozen_model.h"
#include "tests/core/model/reference.h"

#include <algorithm>
#include <set>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;

namespace {

std::shared_ptr<const FrozenModel> model() { return openModel(test::fixtures() / "llama" / "model", {Precision::Fp32, "cpu"}); }

SoftPrompt promptOf(std::int64_t rows, std::vector<float> values) {
  SoftPrompt prompt;
  prompt.rows = Matrix(rows, static_cast<std::int64_t>(values.size()) / rows);
  prompt.rows.values = std::move(values);
  return prompt;
}

Neighbourhood found(std::vector<std::vector<Neighbour>> rows) {
  Neighbourhood all{Metric::Cosine, {}, {}};
  for (auto& row : rows)
    all.rows.push_back({static_cast<std::int64_t>(all.rows.size()), 1, std::move(row)});
  return all;
}

}  // namespace

TEST_CASE("the mean movement is the mean of what each row moved by") {
  const auto mean = meanMovement(promptOf(2, {1, 2, 3, 5, 5, 5}), promptOf(2, {0, 0, 3, 1, 1, 1}));
  CHECK(mean.rows.values == (std::vector<float>{2.5f, 3, 2}));
  CHECK_EQUAL(mean.length(), 1);
  CHECK_THROWS(meanMovement(promptOf(2, {1, 2}), promptOf(1, {1, 2})), "different sizes");
}

TEST_CASE("rows that all move towards a token have it as the neighbour of their mean movement, though none of them is near it") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  SoftPrompt start;
  start.rows = frozen->embeddingRows(std::vector<TokenId>{3, 50, 120, 200, 77, 9});
  SoftPrompt moved = start;
  const Matrix towards = frozen->embeddingRows(std::vector<TokenId>{250});
  for (std::int64_t row = 0; row < moved.length(); ++row)
    for (std::size_t at = 0; at < towards.values.size(); ++at)
      moved.rows.row(row)[at] += 0.3f * towards.values[at];
  for (const auto& row : nearestTokens(moved, *vocabulary, 1).rows)
    CHECK(row.neighbours[0].token != 250);
  const auto mean = nearestTokens(meanMovement(moved, start), *vocabulary, 1).rows[0];
  CHECK_EQUAL(mean.neighbours[0].token, TokenId{250});
  CHECK_CLOSE(mean.neighbours[0].score, 1, 1e-4);
}

TEST_CASE("chance lies between the scores that nine of ten random vectors have, place by place") {
  std::vector<std::vector<Neighbour>> rows;
  for (int i = 0; i < 101; ++i)
    rows.push_back({{i, static_cast<float>(i) / 100}, {i, static_cast<float>(i) / 1000}});
  const auto band = chanceBand(found(rows));
  CHECK_CLOSE(band.low[0], 0.05, 1e-6);
  CHECK_CLOSE(band.high[0], 0.95, 1e-6);
  CHECK_CLOSE(band.high[1], 0.095, 1e-6);
  const auto few = chanceBand(found({{{1, 0.3f}}, {{2, 0.1f}}}));
  CHECK_EQUAL(few.low[0], 0.1f);
  CHECK_EQUAL(few.high[0], 0.3f);
  CHECK(chanceBand({}).low.empty());
}

TEST_CASE("rows belong together when they share a neighbour, by way of others too") {
  const auto groups = sharingGroups(found({{{1, 1}, {2, 1}}, {{3, 1}}, {{2, 1}, {4, 1}}, {{9, 1}}, {{4, 1}}, {{3, 1}}}));
  CHECK(groups == (std::vector<std::int64_t>{0, 1, 0, -1, 0, 1}));
  CHECK(sharingGroups({}).empty());
}

TEST_CASE("what came and what went stand nearest first") {
  const auto changes = exchanged(found({{{1, 1}, {2, 1}, {3, 1}}}), found({{{4, 1}, {2, 1}, {5, 1}}}));
  CHECK(changes[0].came == (std::vector<TokenId>{1, 3}));
  CHECK(changes[0].went == (std::vector<TokenId>{4, 5}));
}

TEST_CASE("a token is as near to each row as the search says") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  SoftPrompt prompt;
  prompt.rows = frozen->embeddingRows(std::vector<TokenId>{3, 50});
  prompt.rows.values[1] += 0.5f;
  for (const Metric metric : {Metric::Cosine, Metric::Euclidean, Metric::Dot})
    for (const auto& row : nearestTokens(prompt, *vocabulary, 8, metric).rows)
      for (const auto& neighbour : row.neighbours)
        CHECK_CLOSE(nearnessOf(neighbour.token, prompt, *vocabulary, metric)[static_cast<std::size_t>(row.row)], neighbour.score, 1e-4);
  CHECK_THROWS(nearnessOf(1'000'000, prompt, *vocabulary), "vocabulary");
}

TEST_CASE("only tokens that pass the filter are neighbours, in the order they have among all") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  const auto size = frozen->card().vocabularySize;
  SoftPrompt prompt;
  prompt.rows = frozen->embeddingRows(std::vector<TokenId>{3, 50});
  std::vector<bool> among(static_cast<std::size_t>(size));
  for (std::size_t id = 0; id < among.size(); id += 3)
    among[id] = true;
  const auto all = nearestTokens(prompt, *vocabulary, size), some = nearestTokens(prompt, *vocabulary, 5, Metric::Cosine, {}, among);
  for (std::size_t row = 0; row < 2; ++row) {
    std::vector<TokenId> expected, got;
    for (const auto& neighbour : all.rows[row].neighbours)
      if (neighbour.token % 3 == 0 && expected.size() < 5) expected.push_back(neighbour.token);
    for (const auto& neighbour : some.rows[row].neighbours)
      got.push_back(neighbour.token);
    CHECK(got == expected);
  }
  among.assign(among.size(), false);
  CHECK(nearestTokens(prompt, *vocabulary, 5, Metric::Cosine, {}, among).rows[0].neighbours.empty());
}

TEST_CASE("whole words, no special tokens, and only what the data holds") {
  const auto tokenizer = openTokenizer(test::fixtures() / "tokenizers" / "gpt2_tiny");
  const std::int64_t size = tokenizer->vocabularySize() + 3;  // models have rows without a token
  const auto ids = [&](const TokenFilter& filter) {
    std::set<TokenId> passed;
    const auto passes = tokensThatPass(filter, *tokenizer, size);
    for (std::size_t id = 0; id < passes.size(); ++id)
      if (passes[id]) passed.insert(static_cast<TokenId>(id));
    return passed;
  };
  CHECK_EQUAL(ids({}).size(), static_cast<std::size_t>(size));
  const auto words = ids({.wholeWords = true});
  CHECK(!words.empty());
  for (const TokenId id : words) {
    const auto piece = tokenizer->piece(id);
    CHECK(piece.size() > 1 && piece[0] == ' ');
    CHECK(piece.find_first_of("0123456789.,_<") == std::string::npos);
  }
  const auto plain = ids({.noSpecial = true});
  CHECK(!plain.contains(tokenizer->endOfText().value()));
  CHECK(plain.size() > words.size());
  Examples examples;
  examples.items.push_back({{5, 7}, {notScored, 7}});
  examples.classTokens = {{9}};
  CHECK(ids({.seenIn = &examples}) == (std::set<TokenId>{5, 7, 9}));
}
