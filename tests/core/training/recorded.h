// A training run with the losses it told of.
#pragma once

#include "core/training/train.h"

#include <variant>
#include <vector>

namespace incipit::test {

struct Recorded {
  std::vector<double> losses;
  TrainingResult result;
};

inline Recorded run(const TrainingPlan& plan, const TrainingInput& input) {
  Recorded recorded;
  recorded.result = train(plan, input, [&](const TrainingEvent& event) {
    if (const auto* step = std::get_if<Stepped>(&event)) recorded.losses.push_back(step->loss);
  });
  return recorded;
}

}  // namespace incipit::test
