// The book-keeping of a run beside its arithmetic: what is best so far, when to evaluate, snapshot and save, what to report.
#pragma once

#include "core/training/best_metric.h"
#include "core/training/smoothed.h"
#include "core/training/train.h"
#include "core/training/validation.h"

#include <chrono>
#include <cstdint>

namespace incipit {

// Which prompt is kept. With validation data the best one by the plan's measure (best_metric.h). Without, the last one, as PEFT keeps it,
// unless the training went astray: the mean loss of its last 20 steps lies above that of its first 20; then the one whose 20 steps had the
// lowest mean. Fewer steps judge nothing. A run that is stopped before it was validated keeps its last prompt.
class Progress {
 public:
  Progress(const TrainingPlan& plan, const TrainingInput& input, std::int64_t totalSteps);

  TrainingState& state() { return m_state; }
  Started started(const FrozenModel& model) const;
  // Takes the loss of the prompt as it stands, before its update.
  void judge(double loss);
  Stepped stepped(double loss, double learningRate, double gradNorm, double topRowsGradient, std::int64_t tokens);

  // Validates now; does nothing without validation data or when a stop cuts it short.
  void evaluate(const TrainingListener& listener, std::stop_token stop);
  bool evaluationDue() const;
  bool evaluationMissed() const;  // due at the step that a resumed run stands at, and a stop left it out
  bool snapshotDue() const;
  bool checkpointDue();  // at most every three seconds
  bool outOfPatience() const;
  std::string whyStoppedEarly() const { return whyStopped(m_metric); }

  // Chooses the prompt that is kept; where validations saw a sample only, it is judged once more, on all rows.
  TrainingResult finish(bool stopped, const TrainingListener& listener, std::stop_token stop);
  std::optional<TrainingResult> judgeStopped(const TrainingListener& listener, std::stop_token stop);  // train.h

 private:
  using Clock = std::chrono::steady_clock;
  double elapsed() const;
  bool wentAstray() const;
  const Examples& looked() const { return m_sample ? *m_sample : *m_input.validation; }  // rows of each look
  TrainingResult result(Summary summary) const;
  void keepAsBest(const Measures& measures);
  Measures best() const;
  void measureForgetting(Evaluated& event, const std::stop_token& stop);
  Evaluation measure(const SoftPrompt& prompt, const Examples& examples, const TrainingListener& listener, std::stop_token stop);

  const TrainingPlan& m_plan;
  const TrainingInput& m_input;
  BestMetric m_metric;
  std::int64_t m_total;
  TrainingState m_state;
  std::int64_t m_firstStep;
  double m_secondsBefore;  // of earlier sittings of this run
  Smoothed m_smoothed;
  double m_lastLoss = 0;
  std::optional<double> m_bareNeutral;  // what the bare model makes of the neutral text, once it has been asked
  std::optional<Examples> m_sample;     // the validation rows of each look; nullopt: all of them
  Clock::time_point m_start = Clock::now(), m_saved = m_start;
};

}  // namespace incipit
