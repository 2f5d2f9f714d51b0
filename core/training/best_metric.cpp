#include "core/training/best_metric.h"

#include "core/support/error.h"

namespace incipit {

BestMetric settled(BestMetric metric, const std::vector<std::string>& classes) {
  if (metric == BestMetric::Auto) return classes.empty() ? BestMetric::Loss : BestMetric::Accuracy;
  if (metric != BestMetric::Loss && classes.empty())
    throw PlanError("The prompt is to be kept by " + std::string(nameOf(metric)) + ", and the data has no labels to measure it by.",
                    "Choose a label column, or keep the prompt by its loss (metric_for_best_model loss).");
  return metric;
}

bool isBetter(BestMetric metric, const Measures& one, const Measures& other) {
  const auto labelLoss = [](const Measures& measures) { return measures.labelLoss.value_or(measures.loss); };
  if (metric == BestMetric::LabelLoss) return labelLoss(one) < labelLoss(other);
  if (metric == BestMetric::Loss || metric == BestMetric::Auto) return one.loss < other.loss;
  const auto share = [&](const Measures& measures) {
    return (metric == BestMetric::MacroF1 ? measures.f1Macro : measures.accuracy).value_or(-1);
  };
  return share(one) > share(other) || (share(one) == share(other) && labelLoss(one) < labelLoss(other));
}

std::string whyKept(BestMetric metric) {
  switch (metric) {
  case BestMetric::Accuracy:
    return "its validation accuracy is the highest";
  case BestMetric::MacroF1:
    return "its macro F1 on the validation data is the highest";
  case BestMetric::LabelLoss:
    return "its validation loss of the labels alone is the lowest";
  default:
    return "its validation loss is the lowest";
  }
}

std::string whyStopped(BestMetric metric) {
  switch (metric) {
  case BestMetric::Accuracy:
    return "the validation accuracy no longer rises";
  case BestMetric::MacroF1:
    return "the macro F1 on the validation data no longer rises";
  case BestMetric::LabelLoss:
    return "the validation loss of the labels no longer falls";
  default:
    return "the validation loss no longer falls";
  }
}

}  // namespace incipit
