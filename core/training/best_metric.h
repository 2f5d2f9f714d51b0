// Which measure of a validation decides which prompt is kept and when a run stops early.
#pragma once

#include "core/training/plan.h"

#include <optional>
#include <string>

namespace incipit {

// What a validation measured of a prompt, as far as prompts are compared by it.
struct Measures {
  double loss = 0;                                     // nats per scored token (a head: per text)
  std::optional<double> accuracy, labelLoss, f1Macro;  // of classes (train.h, Evaluation)
};

// Auto: accuracy where the examples have classes, else the loss. Throws PlanError for a measure of classes where there are none.
BestMetric settled(BestMetric metric, const std::vector<std::string>& classes);

// Strictly better. Where accuracy or F1 are the same, the lower loss of the labels decides: of few examples many prompts are right.
bool isBetter(BestMetric metric, const Measures& one, const Measures& other);

std::string whyKept(BestMetric metric);     // "its validation loss is the lowest"
std::string whyStopped(BestMetric metric);  // "the validation loss no longer falls"

}  // namespace incipit
