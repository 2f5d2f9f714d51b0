// Health of rows against the definitions, on rows made for it.
#include "core/inspection/health.h"
#include "core/inspection/vectors.h"
#include "tests/core/inspection/reference_texts.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

Matrix matrixOf(std::int64_t rows, std::vector<float> values) {
  Matrix matrix(rows, static_cast<std::int64_t>(values.size()) / rows);
  matrix.values = std::move(values);
  return matrix;
}

}  // namespace

TEST_CASE("the effective rank is exp of the entropy of the singular values") {
  CHECK_CLOSE(effectiveRank(matrixOf(3, {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0})), 3, 1e-9);
  CHECK_CLOSE(effectiveRank(matrixOf(2, {1, 2, 3, 2, 4, 6})), 1, 1e-5);
  CHECK_CLOSE(effectiveRank(matrixOf(1, {3, 4})), 1, 1e-9);
  CHECK_EQUAL(effectiveRank(matrixOf(2, {0, 0, 0, 0})), 0.0);
  // Singular values 3 and 1, turned: exp(-(0.75 ln 0.75 + 0.25 ln 0.25)).
  const float c = std::cos(0.3f), s = std::sin(0.3f);
  CHECK_CLOSE(effectiveRank(matrixOf(2, {3 * c, 3 * s, -s, c})), std::exp(-(0.75 * std::log(0.75) + 0.25 * std::log(0.25))), 1e-5);
}

TEST_CASE("dead rows, twins, rows run away and rows not moved are named, with the start where it is known") {
  const AttentionReference reference("gpt2");
  SoftPrompt start = reference.prompt, prompt = start;
  const VocabularyScale scale = vocabularyScale(*reference.model);
  for (std::size_t i = 0; i < prompt.rows.row(0).size(); ++i) {
    prompt.rows.row(0)[i] *= 1e-4f;                        // dead
    prompt.rows.row(1)[i] *= 1000;                         // run away, its direction that of its start
    prompt.rows.row(3)[i] = 0.5f * prompt.rows.row(2)[i];  // twins; row 2 stays where it was, and row 4
  }
  const PromptHealth health = promptHealth(*reference.model, prompt, &start);
  CHECK(health.rows[0].dead && !health.rows[1].dead && !health.rows[4].dead);
  CHECK(health.rows[1].runAway && !health.rows[2].runAway);
  CHECK(health.rows[2].twin && health.rows[3].twin && health.rows[2].alike == 3 && health.rows[3].alike == 2);
  CHECK(health.rows[4].unmoved && health.rows[2].unmoved && !health.rows[3].unmoved);
  CHECK_CLOSE(health.rows[3].alikeCosine, 1, 1e-6);
  CHECK_CLOSE(health.rows[1].start->cosine, 1, 1e-6);
  CHECK_CLOSE(health.rows[1].start->share, 999, 1e-2);
  CHECK_CLOSE(health.rows[4].norm, lengthOf(start.rows.row(4)), 1e-6);
  CHECK_CLOSE(health.vocabulary.median, scale.median, 1e-9);
  std::string all;
  for (const std::string& sentence : inWords(health))
    all += sentence + "\n";
  CHECK(all.find("Dead, with next to no length: row 0.") != std::string::npos);
  CHECK(all.find("row 1.") != std::string::npos);
  CHECK(all.find("rows 2 and 3.") != std::string::npos);
  CHECK(all.find("Not moved by training: rows 2 and 4.") != std::string::npos);

  CHECK_EQUAL(inWords(health, 1).front(), std::string("Dead, with next to no length: row 1."));

  CHECK(!promptHealth(*reference.model, prompt).rows[0].start);
  start.rows = matrixOf(1, std::vector<float>(32, 1.0f));
  CHECK_THROWS(promptHealth(*reference.model, prompt, &start), "The start has 1 row");
}

TEST_CASE("of a Gemma prompt the lengths are those that enter the model, in both conventions") {
  const auto gemma = openModel(test::fixtures() / "gemma" / "model", {Precision::Fp32, "cpu"});
  SoftPrompt unscaled;
  unscaled.rows = gemma->embeddingRows(std::vector<TokenId>{17, 200});
  unscaled.origin.rowScale = RowScale::Unscaled;
  const PromptHealth one = promptHealth(*gemma, unscaled), other = promptHealth(*gemma, withRowScale(unscaled, RowScale::Scaled));
  CHECK_CLOSE(one.rows[0].norm, other.rows[0].norm, 1e-5);
  CHECK_CLOSE(one.rows[0].norm, lengthOf(unscaled.rows.row(0)) * gemma->card().embeddingScale, 1e-4);
}
