// What the coach keeps of a run: figures over windows of its steps, and its validations.
#pragma once

#include "core/training/events.h"
#include "core/training/plan.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace incipit {

struct RunSeen {
  explicit RunSeen(TrainingPlan wanted) : plan(std::move(wanted)) {}
  void follow(const TrainingEvent& event);

  struct Losses {
    double mean = 0, deviation = 0;  // standard deviation
  };
  // A fifth of the steps done, 10 at least and 50 at most: what "lately" and "at the start" mean.
  std::size_t window() const;
  bool longEnough() const { return last.size() >= 20; }  // for anything to be said about the losses
  Losses early() const;
  Losses late() const;
  const Stepped& now() const { return last.back(); }
  double share() const;  // of the run that is done, 0 to 1

  bool classifies() const { return started.classes.size() > 1; }
  // Nats of a guess that knows how often each class occurs, and nothing of the text: the entropy of the classes of the training data.
  std::optional<double> lossOfGuessing() const;
  std::optional<double> shareOfMajority() const;
  const Evaluated* bestValidation() const;  // of the looks; null: none
  static constexpr std::size_t longestWindow = 50;

  TrainingPlan plan;
  Started started;
  std::vector<Stepped> first, last;  // steps, as many as a window is long at most
  std::int64_t steps = 0;            // followed in all
  std::vector<Evaluated> looks;      // each at the same rows; the last judgement on all rows apart
  std::optional<Summary> summary;
  bool ended = false;
};

}  // namespace incipit
