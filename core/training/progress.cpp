#include "core/training/progress.h"

#include "core/model/frozen_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace incipit {
namespace {

constexpr double smoothing = 0.95;  // weight of the past in the smoothed loss: about the last 20 steps
constexpr double astray = 1.1;      // smoothed loss over its lowest, from which a run counts as gone astray

double rowNorm(std::span<const float> row) {
  double squares = 0;
  for (const float value : row)
    squares += static_cast<double>(value) * value;
  return std::sqrt(squares);
}

bool validates(const TrainingInput& input) { return input.validation && !input.validation->items.empty(); }

}  // namespace

Progress::Progress(const TrainingPlan& plan, const TrainingInput& input, std::int64_t totalSteps)
    : m_plan(plan), m_input(input), m_total(totalSteps) {
  if (input.resume) {
    m_state = *input.resume;
  } else {
    m_state.prompt = m_state.start = m_state.best = input.start;
    m_state.bestLoss = std::numeric_limits<double>::infinity();
  }
  m_firstStep = m_state.step;
  m_judged = m_state.step;
  m_secondsBefore = m_state.elapsedSeconds;
}

double Progress::elapsed() const { return m_secondsBefore + std::chrono::duration<double>(Clock::now() - m_start).count(); }

Started Progress::started(const FrozenModel& model) const {
  Started event;
  event.totalSteps = m_total;
  event.firstStep = m_state.step + 1;
  event.trainingExamples = static_cast<std::int64_t>(m_input.training->items.size());
  event.validationExamples = m_input.validation ? static_cast<std::int64_t>(m_input.validation->items.size()) : 0;
  event.virtualTokens = m_state.prompt.length();
  event.trainableParameters = 0;
  for (const Matrix* part : trainedParts(std::as_const(m_state.prompt)))
    event.trainableParameters += static_cast<std::int64_t>(part->values.size());
  event.classes = m_input.training->classes;
  event.precision = nameOf(model.precision());
  event.device = model.device();
  return event;
}

void Progress::judge(double loss) {
  m_lastLoss = loss;
  m_losses.push_back(loss);
  // A mean with exponentially fading memory; early on, the plain mean of what there is.
  const double weight = std::max(1 - smoothing, 1 / static_cast<double>(m_judged + 1));
  m_state.smoothedLoss += weight * (loss - m_state.smoothedLoss);
  ++m_judged;
  if (validates(m_input) || m_state.smoothedLoss >= m_state.bestLoss) return;
  m_state.bestLoss = m_state.smoothedLoss;
  m_state.best = m_state.prompt;
  m_state.bestStep = m_state.step;
}

Stepped Progress::stepped(double loss, double learningRate, double gradNorm, std::int64_t tokens) {
  Stepped event{m_state.step, loss, learningRate, gradNorm, elapsed(), tokens, 0, 0};
  const std::int64_t rows = m_state.prompt.length();
  std::vector<float> moved(static_cast<std::size_t>(m_state.prompt.width()));
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto now = m_state.prompt.rows.row(row);
    const auto then = m_state.start.rows.row(row);
    for (std::size_t j = 0; j < moved.size(); ++j)
      moved[j] = now[j] - then[j];
    event.meanRowNorm += rowNorm(now) / static_cast<double>(rows);
    event.drift += rowNorm(moved) / static_cast<double>(rows);
  }
  m_state.elapsedSeconds = event.elapsedSeconds;
  return event;
}

void Progress::evaluate(const TrainingListener& listener, std::stop_token stop) {
  if (!validates(m_input)) return;
  const Evaluation result =
      incipit::evaluate(*m_input.model, m_state.prompt, *m_input.validation, std::max<std::int64_t>(16, m_plan.batchSize), stop);
  if (stop.stop_requested()) return;
  const bool best = result.loss < m_state.bestLoss;
  if (best) {
    m_state.bestLoss = result.loss;
    m_state.best = m_state.prompt;
    m_state.bestStep = m_state.step;
    m_state.evaluationsSinceBest = 0;
    m_bestAccuracy = result.accuracy;
  } else {
    ++m_state.evaluationsSinceBest;
  }
  listener(Evaluated{m_state.step, result.loss, result.accuracy, best, elapsed()});
}

bool Progress::evaluationDue() const {
  if (!validates(m_input)) return false;
  return m_state.step % stepsBetweenEvaluations(m_plan, m_total) == 0 || m_state.step == m_total;
}

bool Progress::snapshotDue() const { return m_state.step % stepsBetweenSnapshots(m_plan, m_total) == 0 || m_state.step == m_total; }

bool Progress::checkpointDue() {
  if (Clock::now() - m_saved < std::chrono::seconds(3)) return false;
  m_saved = Clock::now();
  return true;
}

bool Progress::outOfPatience() const {
  return m_plan.earlyStoppingPatience > 0 && m_state.evaluationsSinceBest >= m_plan.earlyStoppingPatience;
}

TrainingResult Progress::finish(bool stopped) {
  // Without a judgement from validation data the last prompt stands, unless the run went astray.
  const bool evaluated = validates(m_input) && (m_state.bestStep > 0 || !stopped);
  if (!evaluated && !(m_state.smoothedLoss > astray * m_state.bestLoss)) {
    m_state.best = m_state.prompt;
    m_state.bestStep = m_state.step;
  }
  TrainingResult result;
  result.best = m_state.best;
  result.stopped = stopped;
  Summary& summary = result.summary;
  summary.steps = m_state.step;
  summary.lastLoss = m_lastLoss;
  const std::size_t tail = std::max<std::size_t>(1, m_losses.size() / 10);
  for (std::size_t i = m_losses.size() - std::min(tail, m_losses.size()); i < m_losses.size(); ++i)
    summary.smoothedLoss += m_losses[i] / static_cast<double>(tail);
  if (m_losses.empty()) summary.lastLoss = summary.smoothedLoss = m_state.smoothedLoss;  // all steps were done before
  if (validates(m_input) && std::isfinite(m_state.bestLoss)) summary.bestValidationLoss = m_state.bestLoss;
  summary.accuracy = m_bestAccuracy;
  summary.bestStep = m_state.bestStep;
  summary.elapsedSeconds = m_state.elapsedSeconds = elapsed();
  const double here = summary.elapsedSeconds - m_secondsBefore;
  summary.stepsPerSecond = here > 0 ? static_cast<double>(m_state.step - m_firstStep) / here : 0;
  return result;
}

}  // namespace incipit
