#include "core/library/answers.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

double shareOf(int place, const std::vector<double>& scores) {
  const double best = *std::ranges::max_element(scores);
  double sum = 0;
  for (const double score : scores)
    sum += std::exp(score - best);
  return std::exp(scores[static_cast<std::size_t>(place)] - best) / sum;
}

}  // namespace

std::vector<ReliabilityBin> Answers::reliability() const {
  return confidence.empty() ? std::vector<ReliabilityBin>() : reliabilityCurve(confidence, right);
}

Answers answersOf(const Predictions& predictions) {
  Answers answers;
  answers.classes = static_cast<int>(predictions.classes.size());
  const auto place = [&](const std::string& name) {
    return static_cast<int>(std::ranges::find(predictions.classes, name) - predictions.classes.begin());
  };
  bool scored = true;
  for (const Prediction& row : predictions.rows) {
    if (!row.classified()) continue;
    answers.truth.push_back(place(row.label));
    answers.answer.push_back(place(row.predicted));
    answers.right.push_back(row.right());
    scored = scored && row.scores.size() == predictions.classes.size();
    if (scored) answers.confidence.push_back(shareOf(answers.answer.back(), row.scores));
  }
  if (!scored) answers.confidence.clear();
  return answers;
}

}  // namespace incipit
