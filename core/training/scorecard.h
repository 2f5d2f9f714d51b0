// What an evaluation says beside its loss: each figure with the interval that 95 of 100 samples of such examples would fall into.
#pragma once

#include "core/metrics/calibration.h"
#include "core/metrics/classes.h"
#include "core/metrics/intervals.h"
#include "core/training/train.h"

#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct Figure {
  std::string name;  // "loss", "perplexity", "accuracy", "f1_macro", "label_loss", "expected_calibration_error"
  Interval interval;
  bool higherIsBetter = false;
};

struct Scorecard {
  std::vector<Figure> figures;
  std::optional<ConfusionMatrix> confusion;  // of a classification
  std::vector<ReliabilityBin> reliability;   // of the answered class among the classes of the data
};

Scorecard scorecardOf(const Evaluation& evaluation, const Examples& examples);

// The right answers of B against those of A where the examples have classes, else their losses. Both evaluations must be of these examples,
// whole. Throws DataError when they are not.
PairedComparison compare(const Evaluation& a, const Evaluation& b, const Examples& examples);

}  // namespace incipit
