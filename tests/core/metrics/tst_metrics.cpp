// Every figure against the program whose name it bears: scikit-learn 1.x, sacrebleu 2, rouge-score 0.1, SQuAD's script, statsmodels.
#include "core/metrics/calibration.h"
#include "core/metrics/classes.h"
#include "core/metrics/intervals.h"
#include "core/metrics/overlap.h"
#include "tests/harness/harness.h"

#include <cmath>

using namespace incipit;
using namespace incipit::test;

namespace {

const std::vector<std::string> answers{"The cat sat on the mat.",
                                       "It's 3.5 km -- a long way, isn't it?",
                                       "Ein schöner Tag in Zürich, 2024-05-01!",
                                       "",
                                       "yes",
                                       "a man & a dog &amp; the \"bird\"",
                                       "Übergrößenträger laufen 100-mal",
                                       "no match here"};
const std::vector<std::string> references{"A cat is sitting on the mat.",
                                          "It is 3.5 km, a very long way, is it not?",
                                          "Ein schöner Abend in Zürich, am 2024-05-02!",
                                          "nothing",
                                          "Yes!",
                                          "A man and a dog & a \"bird\".",
                                          "Die Übergrößenträger laufen 100-mal schneller",
                                          "completely different words"};

void checkEach(double (*metric)(std::string_view, std::string_view), const std::vector<double>& expected) {
  CHECK_EQUAL(expected.size(), answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK_CLOSE(metric(answers[i], references[i]), expected[i], 1e-12);
}

}  // namespace

TEST_CASE("exact match and F1 of words are those of SQuAD's script") {
  checkEach(exactMatch, {0, 0, 0, 0, 1, 0, 0, 0});
  checkEach(tokenF1, {0.6666666666666665, 0.588235294117647, 0.6153846153846153, 0, 1, 0.75, 0.7499999999999999, 0});
  CHECK_EQUAL(exactMatch("The  Beatles!", "beatles"), 1.0);
  CHECK_EQUAL(tokenF1("the", "a"), 1.0);  // nothing is left of either
}

TEST_CASE("ROUGE-L is rouge-score's") {
  checkEach(rougeL, {0.6153846153846153, 0.6956521739130435, 0.761904761904762, 0, 1, 0.7142857142857143, 0.8571428571428571, 0});
}

TEST_CASE("BLEU and chrF are sacrebleu's") {
  const std::span<const std::string> a(answers), b(references);
  CHECK_CLOSE(bleu(a, b), 28.519690593483624, 1e-9);
  CHECK_CLOSE(bleu(a.first(1), b.first(1)), 37.68499164492418, 1e-9);
  CHECK_CLOSE(bleu(a.subspan(1, 2), b.subspan(1, 2)), 21.3342246092849, 1e-9);
  CHECK_EQUAL(bleu(a.subspan(4, 1), b.subspan(4, 1)), 0.0);
  CHECK_CLOSE(chrF(a, b), 48.80814359918789, 1e-9);
  CHECK_CLOSE(chrF(a.first(1), b.first(1)), 40.65900524424652, 1e-9);
  CHECK_CLOSE(chrF(a.subspan(4, 1), b.subspan(4, 1)), 29.461279461279453, 1e-9);
  CHECK_EQUAL(chrF(a.subspan(3, 1), b.subspan(3, 1)), 0.0);
}

TEST_CASE("scores of classes are scikit-learn's, a class that nobody answers included") {
  const std::vector<int> truth{0, 1, 2, 2, 1, 0, 0, 3, 2, 1, 0, 2}, predicted{0, 1, 2, 1, 1, 0, 2, 0, 2, 2, 0, 2};
  const ConfusionMatrix matrix = confusionMatrix(truth, predicted, 5);  // the fifth class stands nowhere
  CHECK_CLOSE(accuracyOf(matrix), 0.6666666666666666, 1e-12);
  CHECK_CLOSE(macroF1Of(matrix), 0.5208333333333333, 1e-12);
  const std::vector<ClassScores> scores = scoresByClass(matrix);
  const std::vector<double> precision{0.75, 0.66666666666666667, 0.6, 0, 0}, recall{0.75, 0.66666666666666667, 0.75, 0, 0},
      f1{0.75, 0.66666666666666667, 0.66666666666666667, 0, 0};
  const std::vector<std::int64_t> support{4, 3, 4, 1, 0};
  for (std::size_t c = 0; c < scores.size(); ++c) {
    CHECK_CLOSE(scores[c].precision, precision[c], 1e-12);
    CHECK_CLOSE(scores[c].recall, recall[c], 1e-12);
    CHECK_CLOSE(scores[c].f1, f1[c], 1e-12);
    CHECK_EQUAL(scores[c].support, support[c]);
  }
  CHECK_EQUAL(matrix.at(2, 1), std::int64_t{1});
  CHECK_CLOSE(majorityAccuracyOf(matrix), 4.0 / 12, 1e-12);
  CHECK_EQUAL(legalShareOf(matrix), 1.0);
}

TEST_CASE("an answer that is not a class counts as wrong and as illegal") {
  const std::vector<int> truth{0, 0, 1, 1}, predicted{0, -1, 1, 7};
  const ConfusionMatrix matrix = confusionMatrix(truth, predicted, 2);
  CHECK_EQUAL(accuracyOf(matrix), 0.5);
  CHECK_EQUAL(legalShareOf(matrix), 0.5);
  CHECK_EQUAL(matrix.at(0, 2) + matrix.at(1, 2), std::int64_t{2});
  CHECK_CLOSE(macroF1Of(matrix), 2.0 / 3, 1e-12);
  CHECK_EQUAL(accuracyOf(confusionMatrix({}, {}, 2)), 0.0);
}

TEST_CASE("the reliability curve is scikit-learn's, and the error its weighted mean") {
  const std::vector<double> confidence{.05, .15, .2, .33, .47, .5, .61, .72, .77, .8, .93, .99, 1.0};
  const std::vector<bool> correct{false, false, true, false, true, true, false, true, true, false, true, true, true};
  std::vector<double> accuracies, confidences;
  const auto curve = reliabilityCurve(confidence, correct);
  for (const ReliabilityBin& bin : curve)
    if (bin.count > 0) accuracies.push_back(bin.accuracy), confidences.push_back(bin.confidence);
  const std::vector<double> expectedAccuracies{0, 0.5, 0, 1, 0, 2.0 / 3, 1},
      expectedConfidences{0.05, 0.175, 0.33, 0.485, 0.61, 0.7633333333333333, 0.9733333333333333};
  CHECK_EQUAL(accuracies.size(), expectedAccuracies.size());
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    CHECK_CLOSE(accuracies[i], expectedAccuracies[i], 1e-12);
    CHECK_CLOSE(confidences[i], expectedConfidences[i], 1e-12);
  }
  CHECK_CLOSE(expectedCalibrationError(curve), 0.2338461538461539, 1e-12);
}

TEST_CASE("a bootstrap interval is as wide as the theory says, the same each time, and a point where nothing varies") {
  std::vector<double> values(400);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = i % 4 == 0 ? 0 : 1;
  const Interval interval = bootstrapMean(values, 7, 4000);
  CHECK_CLOSE(interval.value, 0.75, 1e-12);
  const double half = 1.96 * std::sqrt(0.75 * 0.25 / 400);  // the normal approximation
  CHECK_CLOSE(interval.low, 0.75 - half, 0.1 * half);
  CHECK_CLOSE(interval.high, 0.75 + half, 0.1 * half);
  CHECK_EQUAL(bootstrapMean(values, 7, 4000).low, interval.low);
  const Interval point = bootstrapMean(std::vector<double>(10, 0.5));
  CHECK_EQUAL(point.low, 0.5);
  CHECK_EQUAL(point.high, 0.5);
  CHECK_EQUAL(bootstrapMean({}).value, 0.0);
}

TEST_CASE("two prompts on the same examples: who is better, how sure, and McNemar's test as statsmodels has it") {
  std::vector<double> a(100, 1), b(100, 1);
  for (std::size_t i = 0; i < 20; ++i)
    (i < 5 ? b : a)[i] = 0;  // five that only A gets right, fifteen that only B does
  const PairedComparison comparison = compareOnSameExamples(a, b);
  CHECK_CLOSE(comparison.difference.value, 0.1, 1e-12);
  CHECK_EQUAL(comparison.deciding, std::int64_t{20});
  CHECK(comparison.probabilityBetter > 0.97 && comparison.probabilityBetter < 1);
  CHECK(comparison.difference.low > 0 && comparison.difference.high < 0.2);
  CHECK_CLOSE(compareOnSameExamples(b, a).probabilityBetter, 1 - comparison.probabilityBetter, 1e-12);
  CHECK_EQUAL(compareOnSameExamples(a, a).probabilityBetter, 0.5);

  CHECK_CLOSE(mcNemar(5, 12), 0.143463134765625, 1e-12);
  CHECK_CLOSE(mcNemar(0, 3), 0.25, 1e-12);
  CHECK_CLOSE(mcNemar(7, 7), 1, 1e-12);
  CHECK_CLOSE(mcNemar(30, 11), 0.00432400493446039, 1e-12);
  CHECK_EQUAL(mcNemar(0, 0), 1.0);
}
