// The stored answers of a classification as figures: who was taken for whom, and whether 80 % means 80 of 100.
#pragma once

#include "core/metrics/calibration.h"
#include "core/metrics/classes.h"
#include "core/runs/predictions.h"

#include <vector>

namespace incipit {

struct Answers {
  int classes = 0;
  std::vector<int> truth, answer;  // an entry an example that was classified: places among Predictions::classes
  std::vector<bool> right;
  // The probability of the answer among the classes, as evaluate has it (training/scorecard.h); empty where an example lacks its scores.
  std::vector<double> confidence;

  ConfusionMatrix confusion() const { return confusionMatrix(truth, answer, classes); }
  std::vector<ReliabilityBin> reliability() const;  // ten bars; empty without confidences
};

Answers answersOf(const Predictions& predictions);

}  // namespace incipit
