// Similarity of prompts against the definitions, on rows made for it.
#include "core/inspection/similarity.h"
#include "core/model/card/card.h"
#include "core/support/random.h"
#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

SoftPrompt promptOf(std::int64_t rows, std::vector<float> values) {
  SoftPrompt prompt;
  prompt.rows = Matrix(rows, static_cast<std::int64_t>(values.size()) / rows);
  prompt.rows.values = std::move(values);
  return prompt;
}

ModelCard cardOf(std::int64_t width) {
  ModelCard card;
  card.hiddenSize = width;
  return card;
}

float valueAt(const Matrix& table, std::int64_t i, std::size_t j) { return table.row(i)[j]; }

}  // namespace

TEST_CASE("mean rows, best matching rows and task vectors are compared by cosine") {
  const SoftPrompt a = promptOf(2, {1, 0, 0, 1}), b = promptOf(2, {0, 2, 2, 0}), c = promptOf(1, {3, 4});
  const SoftPrompt aStart = promptOf(2, {0, 0, 0, 0}), bStart = promptOf(2, {-1, 2, 2, -1});
  const PromptSimilarity found = promptSimilarity({{"a", &a, &aStart}, {"b", &b, &bStart}, {"c", &c, nullptr}}, cardOf(2));
  CHECK_CLOSE(valueAt(found.meanRows, 0, 1), 1, 1e-6);  // (0.5, 0.5) and (1, 1)
  CHECK_CLOSE(valueAt(found.meanRows, 0, 2), 7 / (5 * std::sqrt(2.0)), 1e-6);
  CHECK_CLOSE(valueAt(found.bestRows, 0, 1), 1, 1e-6);  // the same directions, the other way round
  CHECK_CLOSE(valueAt(found.bestRows, 0, 2), ((0.6 + 0.8) / 2 + 0.8) / 2,
              1e-6);                                 // of a two rows look for one, of c one for the better of two
  CHECK_CLOSE(valueAt(found.tasks, 0, 1), 1, 1e-6);  // b - its start = (1, 0, 0, 1)
  CHECK(std::isnan(valueAt(found.tasks, 0, 2)) && std::isnan(valueAt(found.tasks, 2, 2)));
  CHECK(std::isnan(valueAt(found.starts, 1, 2)));
  for (std::int64_t i = 0; i < 3; ++i) {
    CHECK_CLOSE(valueAt(found.bestRows, i, static_cast<std::size_t>(i)), 1, 1e-6);
    CHECK_EQUAL(valueAt(found.meanRows, 2, static_cast<std::size_t>(i)), valueAt(found.meanRows, i, 2));
  }
  CHECK_THROWS(promptSimilarity({{"a", &a, nullptr}}, cardOf(3)), "'a'");
}

TEST_CASE("random rows show what chance gives, and like prompts stand beside each other") {
  Random random(3);
  std::vector<SoftPrompt> prompts;
  for (int i = 0; i < 4; ++i) {
    SoftPrompt prompt = promptOf(8, std::vector<float>(8 * 64));
    for (float& value : prompt.rows.values)
      value = static_cast<float>(random.normal());
    if (i >= 2)  // 0 and 2 are alike, and 1 and 3
      for (std::size_t j = 0; j < prompt.rows.values.size(); ++j)
        prompt.rows.values[j] = prompts[static_cast<std::size_t>(i - 2)].rows.values[j] + 0.3f * prompt.rows.values[j];
    prompts.push_back(std::move(prompt));
  }
  std::vector<ComparedPrompt> compared;
  for (const SoftPrompt& prompt : prompts)
    compared.push_back({"p", &prompt, nullptr});
  const PromptSimilarity found = promptSimilarity(compared, cardOf(64));
  CHECK_EQUAL(found.order, std::vector<std::int64_t>{0, 2, 1, 3});
  CHECK(valueAt(found.bestRows, 0, 2) > 0.9f);
  CHECK_CLOSE(valueAt(found.bestRows, 0, 1), found.chanceBest, 0.1);
  CHECK(found.chanceBest > 0.05 && found.chanceBest < 0.4);
}
