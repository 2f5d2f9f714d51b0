#include "core/training/progress.h"

#include "core/model/frozen_model.h"
#include "core/prompt/row_scale.h"
#include "core/support/error.h"
#include "core/training/learner.h"
#include "core/training/vocabulary_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace incipit {
namespace {

constexpr std::size_t window = 20;  // steps over which the training loss is judged: the loss of a batch or two says nothing

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  return sum / static_cast<double>(std::max<std::size_t>(1, values.size()));
}

double rowNorm(std::span<const float> row) {
  double squares = 0;
  for (const float value : row)
    squares += static_cast<double>(value) * value;
  return std::sqrt(squares);
}

Measures measuresOf(const Evaluation& evaluation) {
  return {evaluation.loss, evaluation.accuracy, evaluation.labelLoss, evaluation.f1Macro};
}

Evaluated eventOf(std::int64_t step, Evaluation of, bool best, double elapsed, bool whole) {
  Evaluated event{step, of.loss, of.accuracy, best, elapsed, of.examples, whole, of.labelLoss, of.f1Macro, {}};
  event.of = std::make_shared<const Evaluation>(std::move(of));
  return event;
}

void say(Summary& summary, const Measures& measures, std::int64_t rows) {
  summary.bestValidationLoss = measures.loss;
  summary.accuracy = measures.accuracy;
  summary.labelLoss = measures.labelLoss;
  summary.f1Macro = measures.f1Macro;
  summary.validationRows = rows;
}

double meanNorm(const Matrix& rows) {
  double sum = 0;
  for (std::int64_t row = 0; row < rows.rows; ++row)
    sum += rowNorm(rows.row(row));
  return sum / static_cast<double>(rows.rows);
}

bool validates(const TrainingInput& input) { return input.validation && !input.validation->items.empty(); }

}  // namespace

Progress::Progress(const TrainingPlan& plan, const TrainingInput& input, std::int64_t totalSteps)
    : m_plan(plan), m_input(input),
      m_metric(validates(input) ? settled(plan.metricForBestModel, input.training->classes) : BestMetric::Loss), m_total(totalSteps) {
  if (input.resume) {
    m_state = *input.resume;
  } else {
    m_state.prompt = m_state.start = m_state.best = input.start;
    m_state.bestLoss = std::numeric_limits<double>::infinity();
  }
  m_firstStep = m_state.step;
  m_smoothed = Smoothed(smoothedWeight, m_state.smoothedLoss, m_state.step);
  if (validates(input) && plan.evalRows > 0 && plan.evalRows < static_cast<std::int64_t>(input.validation->items.size()))
    m_sample = validationSample(plan, *input.validation);
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
  event.trainableParameters = trainedNumbers(m_state);
  event.classes = m_input.training->classes;
  event.classExamples.resize(event.classes.size());
  for (const Example& example : m_input.training->items)
    if (example.classIndex >= 0) ++event.classExamples[static_cast<std::size_t>(example.classIndex)];
  event.startNorm = meanNorm(m_state.start.rows);
  const VocabularyScale scale = vocabularyScale(model);
  const double factor = 1 / entryFactor(m_state.start, model.card());  // all lengths in the prompt's own convention
  event.vocabularyLow = factor * scale.low, event.vocabularyMedian = factor * scale.median, event.vocabularyHigh = factor * scale.high;
  event.precision = nameOf(model.precision());
  event.device = model.device();
  return event;
}

void Progress::judge(double loss) {
  m_lastLoss = loss;
  m_state.smoothedLoss = m_smoothed.push(loss);
  auto& losses = m_state.lastLosses;
  losses.push_back(loss);
  if (losses.size() > window) losses.erase(losses.begin());
  if (losses.size() < window) return;
  const double now = mean(losses);
  if (!m_state.firstWindow) m_state.firstWindow = now;
  if (validates(m_input) || now >= m_state.bestLoss) return;
  m_state.bestLoss = now;
  m_state.best = m_state.prompt;
  m_state.bestStep = m_state.step;
}

bool Progress::wentAstray() const {
  if (m_state.lastLosses.size() < window || !m_state.firstWindow || !std::isfinite(m_state.bestLoss)) return false;
  return !(mean(m_state.lastLosses) <= *m_state.firstWindow);
}

Stepped Progress::stepped(double loss, double learningRate, double gradNorm, double topRowsGradient, std::int64_t tokens) {
  Stepped event{m_state.step, loss, learningRate, gradNorm, elapsed(), tokens, 0, 0, 0, topRowsGradient};
  const std::int64_t rows = m_state.prompt.length();
  std::vector<float> moved(static_cast<std::size_t>(m_state.prompt.width()));
  std::vector<double> distances;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto now = m_state.prompt.rows.row(row);
    const auto then = m_state.start.rows.row(row);
    for (std::size_t j = 0; j < moved.size(); ++j)
      moved[j] = now[j] - then[j];
    event.meanRowNorm += rowNorm(now) / static_cast<double>(rows);
    distances.push_back(rowNorm(moved));
  }
  event.drift = mean(distances);
  event.stillRows = std::ranges::count_if(distances, [&](double distance) { return distance < 0.1 * event.drift; });
  m_state.elapsedSeconds = event.elapsedSeconds;
  return event;
}

Evaluation Progress::measure(const SoftPrompt& prompt, const Examples& examples, const TrainingListener& listener, std::stop_token stop) {
  const auto begun = Clock::now();
  const auto rows = static_cast<std::int64_t>(examples.items.size());
  auto told = begun - std::chrono::hours(1);
  const auto tell = [&](std::int64_t done) {
    const auto now = Clock::now();
    if (now - told < std::chrono::milliseconds(100)) return;
    told = now;
    listener(Validating{m_state.step, done, rows, std::chrono::duration<double>(now - begun).count()});
  };
  tell(0);
  return incipit::evaluate(*m_input.model, prompt, examples, std::max<std::int64_t>(16, m_plan.batchSize), std::move(stop), tell);
}

void Progress::evaluate(const TrainingListener& listener, std::stop_token stop) {
  if (!validates(m_input)) return;
  Evaluation result = measure(m_state.prompt, looked(), listener, stop);
  if (stop.stop_requested()) return;
  m_state.lookedAt = m_state.step;
  const bool best = std::isfinite(result.loss) && isBetter(m_metric, measuresOf(result), this->best());
  if (best)
    keepAsBest(measuresOf(result));
  else
    ++m_state.evaluationsSinceBest;
  Evaluated event = eventOf(m_state.step, std::move(result), best, elapsed(), false);
  if (m_input.neutral) measureForgetting(event, stop);
  listener(event);
}

// What the prompt does to a text that has nothing to do with its task. The bare model's figure never changes.
void Progress::measureForgetting(Evaluated& event, const std::stop_token& stop) {
  constexpr std::int64_t batch = 8;
  const auto lossOf = [&](const SoftPrompt& prompt) {
    return incipit::evaluate(*m_input.model, prompt, *m_input.neutral, batch, stop).loss;
  };
  if (!m_bareNeutral) m_bareNeutral = lossOf(SoftPrompt{});
  const double loss = lossOf(m_state.prompt);
  if (stop.stop_requested()) {  // half of a text is another one
    m_bareNeutral.reset();
    return;
  }
  event.neutralLoss = loss;
  event.bareNeutralLoss = m_bareNeutral;
  event.elapsedSeconds = elapsed();
}

// What the kept prompt so far was measured to be.
Measures Progress::best() const { return {m_state.bestLoss, m_state.bestAccuracy, m_state.bestLabelLoss, m_state.bestF1Macro}; }

void Progress::keepAsBest(const Measures& measures) {
  m_state.best = m_state.prompt;
  m_state.bestStep = m_state.step;
  m_state.evaluationsSinceBest = 0;
  m_state.bestLoss = measures.loss;
  m_state.bestAccuracy = measures.accuracy;
  m_state.bestLabelLoss = measures.labelLoss;
  m_state.bestF1Macro = measures.f1Macro;
}

bool Progress::evaluationDue() const {
  if (!validates(m_input)) return false;
  return m_state.step % stepsBetweenEvaluations(m_plan, m_total) == 0 || m_state.step == m_total;
}

bool Progress::evaluationMissed() const {
  return m_state.step > 0 && m_state.step < m_total && evaluationDue() && m_state.lookedAt < m_state.step;
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

TrainingResult Progress::finish(bool stopped, const TrainingListener& listener, std::stop_token stop) {
  Summary summary;
  const bool judged = validates(m_input) && std::isfinite(m_state.bestLoss) && (m_state.bestStep > 0 || !stopped);
  m_state.keepsLast = false;
  if (judged) {
    summary.why = whyKept(m_metric);
    say(summary, best(), static_cast<std::int64_t>(looked().items.size()));
  } else if (!validates(m_input) && wentAstray()) {
    summary.why = "the training went astray behind it: its loss rose above that of the first steps";
  } else {
    summary.why = validates(m_input) ? "it is the last one, and was stopped before it was validated" : "it is the last one";
    m_state.keepsLast = true;
  }
  if (judged && m_sample && !stopped) {
    Evaluation all = measure(m_state.best, *m_input.validation, listener, stop);
    if (!stop.stop_requested()) {
      say(summary, measuresOf(all), all.examples);
      listener(eventOf(m_state.bestStep, std::move(all), true, elapsed(), true));
    }
  }
  m_state.why = summary.why;
  m_state.elapsedSeconds = elapsed();
  const double here = m_state.elapsedSeconds - m_secondsBefore;
  summary.stepsPerSecond = here > 0 ? static_cast<double>(m_state.step - m_firstStep) / here : 0;
  TrainingResult result = this->result(summary);
  result.stopped = stopped;
  return result;
}

// What every summary says of the state.
TrainingResult Progress::result(Summary summary) const {
  summary.steps = m_state.step;
  summary.lastLoss = m_state.lastLosses.empty() ? m_lastLoss : m_state.lastLosses.back();
  summary.smoothedLoss = m_state.smoothedLoss;
  summary.bestStep = m_state.keptStep();
  summary.elapsedSeconds = m_state.elapsedSeconds;
  return {m_state.kept(), m_state, std::move(summary), false};
}

std::optional<TrainingResult> Progress::judgeStopped(const TrainingListener& listener, std::stop_token stop) {
  if (!validates(m_input)) throw PlanError("The run has no validation data to be judged on.", "Train with validation data.");
  const Examples& all = *m_input.validation;
  const bool another = std::isfinite(m_state.bestLoss) && m_state.bestStep != m_state.step;
  const Evaluation look = measure(m_state.prompt, looked(), listener, stop);
  const Evaluation now = m_sample ? measure(m_state.prompt, all, listener, stop) : look;
  const bool again = m_sample && another;
  const Evaluation before = again ? measure(m_state.best, all, listener, stop) : Evaluation();
  if (stop.stop_requested()) return std::nullopt;

  const Measures kept = again ? measuresOf(before) : best();
  const bool better = !another || isBetter(m_metric, measuresOf(now), kept);
  listener(eventOf(m_state.step, look, better, elapsed(), false));
  if (again) listener(eventOf(m_state.bestStep, before, !better, elapsed(), true));
  if (m_sample) listener(eventOf(m_state.step, now, better, elapsed(), true));
  if (better) keepAsBest(measuresOf(look));
  m_state.lookedAt = m_state.step;
  m_state.keepsLast = false;
  m_state.ended = "stopped";
  Summary summary;
  summary.why = m_state.why = whyKept(m_metric);
  say(summary, better ? measuresOf(now) : kept, now.examples);
  summary.stepsPerSecond = m_state.elapsedSeconds > 0 ? static_cast<double>(m_state.step) / m_state.elapsedSeconds : 0;
  m_state.elapsedSeconds = elapsed();
  TrainingResult result = this->result(summary);
  result.stopped = true;
  return result;
}

}  // namespace incipit
