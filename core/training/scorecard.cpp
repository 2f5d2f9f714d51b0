#include "core/training/scorecard.h"

#include "core/support/error.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr int draws = 1000;

Example exampleOf(const ExampleOutcome& outcome, const Examples& examples) {
  return examples.items[static_cast<std::size_t>(outcome.example)];
}

// The probability of the answered class among the classes: what a person who knows the labels would take from the scores.
double confidenceOf(const ExampleOutcome& outcome) {
  const double best = outcome.classScores[static_cast<std::size_t>(outcome.predicted)];
  double sum = 0;
  for (const double score : outcome.classScores)
    sum += std::exp(score - best);
  return 1 / sum;
}

// A mean over tokens is no mean over examples: long ones count more.
Interval tokenMean(const std::vector<ExampleOutcome>& outcomes) {
  const auto mean = [&](std::span<const std::int64_t> sample) {
    double sum = 0;
    std::int64_t tokens = 0;
    for (const std::int64_t index : sample) {
      const ExampleOutcome& outcome = outcomes[static_cast<std::size_t>(index)];
      sum += outcome.loss * static_cast<double>(outcome.scoredTokens);
      tokens += outcome.scoredTokens;
    }
    return tokens == 0 ? 0 : sum / static_cast<double>(tokens);
  };
  return bootstrapInterval(static_cast<std::int64_t>(outcomes.size()), mean, 0, draws);
}

class ClassFigures {
 public:
  ClassFigures(const Evaluation& evaluation, const Examples& examples) : m_classes(static_cast<int>(examples.classes.size())) {
    for (const ExampleOutcome& outcome : evaluation.outcomes) {
      const int truth = exampleOf(outcome, examples).classIndex;
      if (truth < 0 || outcome.predicted < 0) continue;
      m_truth.push_back(truth);
      m_predicted.push_back(outcome.predicted);
      m_labelLosses.push_back(-outcome.classScores[static_cast<std::size_t>(truth)]);
      m_confidence.push_back(confidenceOf(outcome));
      m_correct.push_back(truth == outcome.predicted);
    }
  }

  ConfusionMatrix confusion() const { return confusionMatrix(m_truth, m_predicted, m_classes); }
  std::vector<ReliabilityBin> reliability() const { return reliabilityCurve(m_confidence, m_correct); }

  void addTo(std::vector<Figure>& figures) const {
    figures.push_back({"accuracy", ofConfusion(accuracyOf), true});
    figures.push_back({"f1_macro", ofConfusion(macroF1Of), true});
    figures.push_back({"label_loss", bootstrapMean(m_labelLosses, 0, draws), false});
    figures.push_back({"expected_calibration_error", ofCalibration(), false});
  }

 private:
  Interval ofConfusion(double (*figure)(const ConfusionMatrix&)) const {
    const auto statistic = [&](std::span<const std::int64_t> sample) {
      std::vector<int> truth, predicted;
      for (const std::int64_t index : sample) {
        truth.push_back(m_truth[static_cast<std::size_t>(index)]);
        predicted.push_back(m_predicted[static_cast<std::size_t>(index)]);
      }
      return figure(confusionMatrix(truth, predicted, m_classes));
    };
    return bootstrapInterval(count(), statistic, 0, draws);
  }

  Interval ofCalibration() const {
    const auto statistic = [&](std::span<const std::int64_t> sample) {
      std::vector<double> confidence;
      std::vector<bool> correct;
      for (const std::int64_t index : sample) {
        confidence.push_back(m_confidence[static_cast<std::size_t>(index)]);
        correct.push_back(m_correct[static_cast<std::size_t>(index)]);
      }
      return expectedCalibrationError(reliabilityCurve(confidence, correct));
    };
    return bootstrapInterval(count(), statistic, 0, draws);
  }

  std::int64_t count() const { return static_cast<std::int64_t>(m_truth.size()); }

  int m_classes;
  std::vector<int> m_truth, m_predicted;
  std::vector<double> m_labelLosses, m_confidence;
  std::vector<bool> m_correct;
};

}  // namespace

Scorecard scorecardOf(const Evaluation& evaluation, const Examples& examples) {
  Scorecard card;
  const Interval loss = tokenMean(evaluation.outcomes);
  card.figures.push_back({"loss", loss, false});
  if (evaluation.perplexity) card.figures.push_back({"perplexity", {std::exp(loss.value), std::exp(loss.low), std::exp(loss.high)}, false});
  if (examples.classes.empty()) return card;
  const ClassFigures classes(evaluation, examples);
  classes.addTo(card.figures);
  card.confusion = classes.confusion();
  card.reliability = classes.reliability();
  return card;
}

PairedComparison compare(const Evaluation& a, const Evaluation& b, const Examples& examples) {
  const auto same = [](const ExampleOutcome& one, const ExampleOutcome& other) { return one.example == other.example; };
  if (!std::equal(a.outcomes.begin(), a.outcomes.end(), b.outcomes.begin(), b.outcomes.end(), same))
    throw DataError("Two prompts can be compared only on the same examples.", "Evaluate both on the same data, with the same columns.");
  const auto scores = [&](const Evaluation& evaluation) {
    std::vector<double> values;
    for (const ExampleOutcome& outcome : evaluation.outcomes)
      values.push_back(examples.classes.empty() ? -outcome.loss : outcome.predicted == exampleOf(outcome, examples).classIndex ? 1 : 0);
    return values;
  };
  return compareOnSameExamples(scores(a), scores(b));
}

}  // namespace incipit
