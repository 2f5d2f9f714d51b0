// How well classes were told apart. Names and meanings are scikit-learn's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace incipit {

// counts[truth * columns + predicted]; the last column, `classes`, counts answers that are none of the classes.
struct ConfusionMatrix {
  int classes = 0;
  std::vector<std::int64_t> counts;

  std::int64_t at(int truth, int predicted) const;
  std::int64_t total() const;
};

// One entry an example: its class, 0 .. classes - 1, and the one that was answered, or -1 for an answer that is none of them.
ConfusionMatrix confusionMatrix(std::span<const int> truth, std::span<const int> predicted, int classes);

// 0 where a division by zero would be.
struct ClassScores {
  double precision = 0, recall = 0, f1 = 0;
  std::int64_t support = 0;  // examples of the class
};
std::vector<ClassScores> scoresByClass(const ConfusionMatrix& matrix);

double accuracyOf(const ConfusionMatrix& matrix);
// The mean F1 of the classes that stand in the truth or among the answers.
double macroF1Of(const ConfusionMatrix& matrix);
// The share of answers that are one of the classes.
double legalShareOf(const ConfusionMatrix& matrix);
// The accuracy of whoever always says the most frequent class.
double majorityAccuracyOf(const ConfusionMatrix& matrix);

}  // namespace incipit
