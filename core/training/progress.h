// The book-keeping of a run beside its arithmetic: what is best so far, when to evaluate, snapshot and save, what to report.
#pragma once

#include "core/training/train.h"

#include <chrono>
#include <cstdint>

namespace incipit {

// Which prompt is kept: with validation data the one with the lowest validation loss; without, the last one, as PEFT keeps it, unless
// the smoothed training loss has risen more than a tenth above its lowest (a run that went astray), then the one at the lowest.
class Progress {
 public:
  Progress(const TrainingPlan& plan, const TrainingInput& input, std::int64_t totalSteps);

  TrainingState& state() { return m_state; }
  Started started(const FrozenModel& model) const;
  // Takes the loss of the prompt as it stands, before its update.
  void judge(double loss);
  Stepped stepped(double loss, double learningRate, double gradNorm, std::int64_t tokens);

  // Validation loss (and accuracy) now; does nothing without validation data or when a stop cuts it short.
  void evaluate(const TrainingListener& listener, std::stop_token stop);
  bool evaluationDue() const;
  bool snapshotDue() const;
  bool checkpointDue();  // at most every three seconds
  bool outOfPatience() const;

  TrainingResult finish(bool stopped);

 private:
  using Clock = std::chrono::steady_clock;
  double elapsed() const;

  const TrainingPlan& m_plan;
  const TrainingInput& m_input;
  std::int64_t m_total;
  TrainingState m_state;
  std::int64_t m_firstStep;
  double m_secondsBefore;     // of earlier sittings of this run
  std::int64_t m_judged = 0;  // losses in the smoothed mean
  double m_lastLoss = 0;
  std::vector<double> m_losses;  // of this sitting, for the mean of the last tenth
  std::optional<double> m_bestAccuracy;
  Clock::time_point m_start = Clock::now(), m_saved = m_start;
};

}  // namespace incipit
