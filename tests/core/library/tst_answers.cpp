// Stored answers as figures, counted by hand.
#include "core/library/answers.h"
#include "tests/harness/harness.h"

using namespace incipit;

namespace {

Prediction answered(const char* label, const char* predicted, std::vector<double> scores) {
  Prediction row;
  row.label = label, row.predicted = predicted;
  row.rank = row.right() ? 1 : 2;
  row.scores = std::move(scores);
  return row;
}

Predictions three() {
  return {5,
          {"sea", "land"},
          {answered("sea", "sea", {-0.1, -2.0}), answered("sea", "land", {-3.0, -2.0}), answered("land", "land", {-4.0, -1.0})}};
}

}  // namespace

TEST_CASE("labels and answers are counted against each other") {
  Predictions predictions = three();
  predictions.rows.emplace_back().loss = 3;  // was not classified
  const Answers answers = answersOf(predictions);
  const ConfusionMatrix matrix = answers.confusion();
  CHECK_EQUAL(matrix.total(), 3);
  CHECK_EQUAL(matrix.at(0, 0), 1);
  CHECK_EQUAL(matrix.at(0, 1), 1);
  CHECK_EQUAL(matrix.at(1, 0), 0);
  CHECK_EQUAL(matrix.at(1, 1), 1);
}

TEST_CASE("the confidence is the answer's probability among the classes") {
  const Answers answers = answersOf(three());
  CHECK_EQUAL(answers.confidence.size(), std::size_t(3));
  CHECK_CLOSE(answers.confidence[0], 0.869891526, 1e-8);  // 1 / (1 + e^-1.9)
  CHECK_CLOSE(answers.confidence[1], 0.731058579, 1e-8);  // 1 / (1 + e^-1)
  CHECK_CLOSE(answers.confidence[2], 0.952574127, 1e-8);  // 1 / (1 + e^-3)
  // Each is alone in its bar: the distances from 1, 0 and 1, a third each.
  CHECK_CLOSE(expectedCalibrationError(answers.reliability()), (0.130108474 + 0.731058579 + 0.047425873) / 3, 1e-8);
}

TEST_CASE("without all scores there is no confidence") {
  Predictions predictions = three();
  predictions.rows[1].scores.clear();  // more classes than are stored
  CHECK(answersOf(predictions).confidence.empty());
  CHECK(answersOf(predictions).reliability().empty());
  CHECK_EQUAL(answersOf(predictions).confusion().total(), 3);
  CHECK(answersOf({}).reliability().empty());
}
