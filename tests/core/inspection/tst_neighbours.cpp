// Nearest tokens against the definition, row by row in double precision.
#include "core/inspection/neighbours.h"
#include "core/model/frozen_model.h"
#include "core/support/random.h"
#include "tests/core/model/reference.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <algorithm>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

using namespace incipit;
using namespace incipit::test;

namespace {

std::shared_ptr<const FrozenModel> model() { return openModel(fixtures() / "llama" / "model", {Precision::Fp32, "cpu"}); }

SoftPrompt randomPrompt(std::int64_t rows, std::int64_t width) {
  Random random(5);
  SoftPrompt prompt;
  prompt.rows = Matrix(rows, width);
  for (float& value : prompt.rows.values)
    value = static_cast<float>(random.normal());
  return prompt;
}

double score(Metric metric, std::span<const float> a, std::span<const float> b) {
  double dot = 0, aa = 0, bb = 0, distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
    distance += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  }
  return metric == Metric::Cosine ? dot / std::sqrt(aa * bb) : metric == Metric::Euclidean ? std::sqrt(distance) : dot;
}

// Nothing but a vocabulary, rows [V, H] of any type.
class Vocabulary : public FrozenModel {
 public:
  explicit Vocabulary(at::Tensor rows) : FrozenModel(cardFor(rows), Precision::Fp32, "cpu"), m_rows(std::move(rows)) {}
  std::string fingerprint() const override { return "vocabulary"; }
  at::Tensor embed(const at::Tensor& ids) const override { return m_rows.index_select(0, ids).to(at::kFloat); }
  at::Tensor forward(const at::Tensor&, const Pass&) const override { throw std::logic_error("no layers"); }
  at::Tensor logits(const at::Tensor&) const override { throw std::logic_error("no layers"); }
  at::Tensor outputEmbedding() const override { return m_rows; }
  at::Tensor inputEmbedding() const override { return m_rows; }
  std::vector<std::pair<std::string, at::Tensor>> weights() const override { return {{"rows", m_rows}}; }

 private:
  static ModelCard cardFor(const at::Tensor& rows) {
    ModelCard card;
    card.name = "vocabulary";
    card.vocabularySize = rows.size(0);
    card.hiddenSize = rows.size(1);
    return card;
  }
  at::Tensor m_rows;
};

}  // namespace

TEST_CASE("nearest tokens by every metric are those of the definition") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  const SoftPrompt prompt = randomPrompt(4, frozen->card().hiddenSize);
  std::vector<TokenId> all(static_cast<std::size_t>(frozen->card().vocabularySize));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<TokenId>(i);
  const Matrix embedding = frozen->embeddingRows(all);
  for (const Metric metric : {Metric::Cosine, Metric::Euclidean, Metric::Dot}) {
    const Neighbourhood found = nearestTokens(prompt, *vocabulary, 7, metric);
    CHECK_EQUAL(found.rows.size(), std::size_t{4});
    for (const RowNeighbours& row : found.rows) {
      std::vector<std::pair<double, TokenId>> expected;
      for (const TokenId id : all) {
        const double value = score(metric, prompt.rows.row(row.row), embedding.row(id));
        expected.emplace_back(metric == Metric::Euclidean ? value : -value, id);
      }
      std::sort(expected.begin(), expected.end());
      CHECK_EQUAL(row.neighbours.size(), std::size_t{7});
      for (std::size_t i = 0; i < 7; ++i) {
        CHECK_EQUAL(row.neighbours[i].token, expected[i].second);
        CHECK_CLOSE(row.neighbours[i].score, metric == Metric::Euclidean ? expected[i].first : -expected[i].first, 1e-4);
      }
    }
  }
}

TEST_CASE("a row of the vocabulary is its own nearest token, at cosine 1 and distance 0") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  SoftPrompt prompt;
  prompt.rows = frozen->embeddingRows(std::vector<TokenId>{17, 250});
  const auto byCosine = nearestTokens(prompt, *vocabulary, 1, Metric::Cosine),
             byDistance = nearestTokens(prompt, *vocabulary, 1, Metric::Euclidean);
  CHECK_EQUAL(byCosine.rows[0].neighbours[0].token, TokenId{17});
  CHECK_EQUAL(byCosine.rows[1].neighbours[0].token, TokenId{250});
  CHECK_CLOSE(byCosine.rows[0].neighbours[0].score, 1, 1e-5);
  CHECK_CLOSE(byDistance.rows[1].neighbours[0].score, 0, 1e-6);
}

TEST_CASE("the norm band holds nine tenths of the vocabulary, and the baseline stands in its middle") {
  const auto frozen = model();
  const auto vocabulary = indexVocabulary(frozen);
  const NormBand band = normBand(*vocabulary);
  CHECK(0 < band.low && band.low < band.median && band.median < band.high);
  const auto baseline = randomBaseline(6, 1, *vocabulary, 3);
  CHECK_EQUAL(baseline.rows.size(), std::size_t{6});
  for (const auto& row : baseline.rows)
    CHECK_CLOSE(row.norm, band.median, 1e-3);
  CHECK_EQUAL(randomBaseline(6, 1, *vocabulary, 3).rows[2].neighbours[0].token, baseline.rows[2].neighbours[0].token);
}

TEST_CASE("a prompt of another width is refused with a sentence") {
  const auto vocabulary = indexVocabulary(model());
  CHECK_THROWS(nearestTokens(randomPrompt(2, 7), *vocabulary), "7 numbers");
}

TEST_CASE("a vocabulary of many blocks, stored in bf16, has the neighbours of the definition; equal rows come in the order of their ids") {
  constexpr std::int64_t tokens = 5003, width = 1024;  // blocks hold 1,024 such rows, the last one fewer
  constexpr TokenId twin = 4900, original = 17;        // equal rows, far apart
  Matrix rows(tokens, width);
  Random random(8);
  for (float& value : rows.values)
    value = static_cast<float>(random.normal());
  std::ranges::copy(rows.row(original), rows.row(twin).begin());
  const at::Tensor stored = at::from_blob(rows.values.data(), {tokens, width}).to(at::kBFloat16);
  const at::Tensor exact = stored.to(at::kFloat).contiguous();
  const auto vocabulary = indexVocabulary(std::make_shared<Vocabulary>(stored));
  SoftPrompt prompt = randomPrompt(9, width);
  std::ranges::copy(rows.row(original), prompt.rows.row(3).begin());
  for (const Metric metric : {Metric::Cosine, Metric::Euclidean, Metric::Dot}) {
    const Neighbourhood found = nearestTokens(prompt, *vocabulary, 6, metric);
    for (const RowNeighbours& row : found.rows) {
      std::vector<std::pair<double, TokenId>> expected;
      for (std::int64_t id = 0; id < tokens; ++id) {
        const double value = score(metric, prompt.rows.row(row.row), {exact.data_ptr<float>() + id * width, width});
        expected.emplace_back(metric == Metric::Euclidean ? value : -value, static_cast<TokenId>(id));
      }
      std::ranges::sort(expected);
      CHECK_EQUAL(row.neighbours.size(), std::size_t{6});
      for (std::size_t i = 0; i < 6; ++i)
        CHECK_CLOSE(row.neighbours[i].score, metric == Metric::Euclidean ? expected[i].first : -expected[i].first, 1e-3);
      CHECK_EQUAL(row.neighbours[0].token, expected[0].second);
    }
    CHECK_EQUAL(found.rows[3].neighbours[0].token, original);
    CHECK_EQUAL(found.rows[3].neighbours[1].token, twin);
  }
}

TEST_CASE("a Gemma prompt has the same neighbours in both conventions, and a token's own row is its nearest") {
  const auto gemma = openModel(test::fixtures() / "gemma" / "model", {Precision::Fp32, "cpu"});
  const auto vocabulary = indexVocabulary(gemma);
  SoftPrompt unscaled;
  unscaled.rows = gemma->embeddingRows(std::vector<TokenId>{17, 250});
  unscaled.origin.rowScale = RowScale::Unscaled;
  const SoftPrompt scaled = withRowScale(unscaled, RowScale::Scaled);
  for (const SoftPrompt& prompt : {unscaled, scaled}) {
    const auto found = nearestTokens(prompt, *vocabulary, 3, Metric::Euclidean);
    CHECK_EQUAL(found.rows[0].neighbours[0].token, TokenId{17});
    CHECK_EQUAL(found.rows[1].neighbours[0].score, 0.0f);
    CHECK_EQUAL(found.rows[1].norm, nearestTokens(scaled, *vocabulary, 1, Metric::Dot).rows[1].norm);
  }
}
