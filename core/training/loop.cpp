// Read this first: the whole of a training run, from plan and prompt to the prompt that is kept.
#include "core/model/frozen_model.h"
#include "core/model/weights/packing.h"
#include "core/support/error.h"
#include "core/support/failure.h"
#include "core/training/gradients.h"
#include "core/training/learner.h"
#include "core/training/linear_probe.h"
#include "core/training/progress.h"
#include "core/training/steadiness.h"
#include "core/training/step.h"
#include "core/training/sweep.h"
#include "core/training/train.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace incipit {
namespace {

// The share of the gradient's square that falls on the three rows with the largest.
double shareOfTopRows(const Matrix& rows) {
  std::vector<double> squares;
  double sum = 0;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    squares.push_back(0);
    for (const float value : rows.row(row))
      squares.back() += static_cast<double>(value) * value;
    sum += squares.back();
  }
  std::ranges::sort(squares, std::greater());
  squares.resize(std::min<std::size_t>(squares.size(), 3));
  return sum > 0 ? std::accumulate(squares.begin(), squares.end(), 0.0) / sum : 0;
}

void checkPlan(const TrainingPlan& plan, const TrainingInput& input) {
  const auto problems = problemsIn(plan);
  if (!problems.empty()) throw PlanError(problems.front().sentence);
  if (!input.training || input.training->items.empty()) throw DataError("There is no training data.", "Open a data file.");
  checkFits(input.start, *input.model);
  if (input.model->card().head != HeadKind::None && input.start.head.empty())
    throw PlanError("The prompt has no head to sort texts into classes with.", "Choose data with a label column.");
}

[[noreturn]] void failWithAdvice(const TrainingPlan& plan, std::int64_t step, const char* what, const TrainingListener& listener) {
  const std::string problem = std::string("The ") + what + " of step " + std::to_string(step) + " is not a number.";
  std::string remedy = "Lower the learning rate (now " + std::to_string(plan.learningRate) + ")";
  if (plan.maxGradNorm == 0) remedy += ", clip gradients (max_grad_norm 1)";
  if (plan.precision != Precision::Fp32) remedy += ", or compute in fp32";
  listener(Failed{step, problem + " " + remedy + "."});
  throw TrainingError(problem, remedy + ".");
}

// What makes steps fast costs memory, which is given back when the last of them is done.
class StepMemory {
 public:
  StepMemory() = default;
  ~StepMemory() { forgetPackedWeights(); }
  StepMemory(const StepMemory&) = delete;
  StepMemory& operator=(const StepMemory&) = delete;

 private:
  KeptMemory m_freed;
};

std::string sentenceOf(const std::exception_ptr& failure) { return errorFrom(failure).what(); }

// One run on its way: what it reads next, and what becomes of it.
class Run {
 public:
  Run(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener, std::stop_token stop,
      const CheckpointListener& keep)
      : m_plan(plan), m_listener(listener), m_stop(std::move(stop)), m_keep(keep), m_examples(*input.training),
        m_total(totalSteps(plan, static_cast<std::int64_t>(m_examples.items.size()))), m_progress(plan, input, m_total),
        m_state(m_progress.state()), m_order(static_cast<std::int64_t>(m_examples.items.size()), plan.batchSize, plan.shuffle, plan.seed),
        m_learner(plan, m_state, input.resume != nullptr), m_steadiness(plan, m_state.start, *input.model) {
    m_state.ended.clear();
    m_state.keepsLast = false;
    m_state.why.clear();
    if (input.resume) m_order.restore(m_state.order);
    m_listener(m_progress.started(*input.model));
    if (m_state.step == 0 && startsFromProbe(plan, *input.model, m_state.prompt)) probe(*input.model);
    if (m_state.step == 0 || m_progress.evaluationMissed()) evaluate();
  }

  bool goesOn() const { return m_state.step < m_total && !m_stop.stop_requested() && !m_progress.outOfPatience(); }

  PromptBatches next() {
    m_order.mark();
    if (m_steadiness.disturbs()) m_read = m_steadiness.read(m_state.prompt, m_state.step + 1);
    PromptBatches reading{m_steadiness.disturbs() ? m_read : m_state.prompt, m_examples, {}, m_plan.gradientCheckpointing};
    for (std::int64_t i = 0; i < m_plan.gradientAccumulationSteps; ++i)
      reading.batches.push_back(m_order.next());
    return reading;
  }

  void take(StepResult result) {
    const std::int64_t step = m_state.step + 1;
    const double topRows = shareOfTopRows(result.gradients.front());
    m_steadiness.correct(result.gradients.front(), m_state.prompt.rows);
    std::vector<Matrix> gradients = m_learner.gradients(std::move(result.gradients));
    const double gradNorm = normOf(gradients);
    if (!std::isfinite(result.loss)) failWithAdvice(m_plan, step, "loss", m_listener);
    if (!std::isfinite(gradNorm)) failWithAdvice(m_plan, step, "gradient", m_listener);
    m_progress.judge(result.loss);

    const double rate = learningRateAt(m_plan, step, m_total);
    clip(gradients, gradNorm, m_plan.maxGradNorm);
    m_learner.step(gradients, rate);
    m_steadiness.restrain(m_state.prompt.rows);
    m_state.step = step;

    m_listener(m_progress.stepped(result.loss, rate, gradNorm, topRows, result.tokens));
    if (m_progress.snapshotDue()) m_listener(Snapshotted{step, m_state.prompt});
    if (m_progress.evaluationDue() && !m_stop.stop_requested()) evaluate();
    if (m_progress.checkpointDue()) checkpoint(m_order.state());
  }

  // The step that next() prepared could not be computed (no memory is left, the model's file was cut off): the steps before it are kept,
  // so that the run can go on with it.
  void giveUp(const std::exception_ptr& failure) {
    if (m_state.step > 0) checkpoint(m_order.markedState());
    m_listener(Failed{m_state.step + 1, sentenceOf(failure)});
  }

  TrainingResult finish() {
    TrainingResult result = m_progress.finish(m_stop.stop_requested() && m_state.step < m_total, m_listener, m_stop);
    m_state.ended = result.stopped ? "stopped" : "finished";
    checkpoint(m_order.state());
    result.state = m_state;
    if (result.stopped) {
      m_listener(Stopped{result.summary});
    } else {
      const bool early = m_progress.outOfPatience() && m_state.step < m_total;
      m_listener(Finished{result.summary, early ? "early stopping: " + m_progress.whyStoppedEarly() : ""});
    }
    return result;
  }

 private:
  // The new head starts from a linear probe behind the prompt as it starts. Done again where a stop at step 0 cut it short.
  void probe(const FrozenModel& model) try {
    const auto tell = [&](std::int64_t done, std::int64_t rows) { m_listener(Probing{done, rows}); };
    const auto probe = linearProbe(model, m_state.start, m_examples, m_plan.seed, m_stop, tell);
    if (!probe) return;
    m_state.prompt.head = m_state.start.head = m_state.best.head = probe->head;
    m_listener(Probed{probe->examples, probe->accuracy});
  } catch (...) {
    m_listener(Failed{0, sentenceOf(std::current_exception())});
    throw;
  }

  // A step whose validation could not be computed is done again by whoever goes on: no checkpoint.
  void evaluate() try { m_progress.evaluate(m_listener, m_stop); } catch (...) {
    m_listener(Failed{m_state.step, sentenceOf(std::current_exception())});
    throw;
  }

  void checkpoint(std::string order) {
    m_state.order = std::move(order);
    m_learner.save();
    if (m_keep) m_keep(m_state);
  }

  const TrainingPlan& m_plan;
  const TrainingListener& m_listener;
  std::stop_token m_stop;
  const CheckpointListener& m_keep;
  const Examples& m_examples;
  std::int64_t m_total;
  Progress m_progress;
  TrainingState& m_state;
  BatchOrder m_order;
  Learner m_learner;
  Steadiness m_steadiness;
  SoftPrompt m_read;  // what this step reads, where that is not the prompt as it stands
};

// One step of these runs; where it fails, it fails for all of them.
std::vector<StepResult> computed(const FrozenModel& model, const std::vector<PromptBatches>& reading, const std::vector<Run*>& runs) {
  try {
    return lossesAndGradients(model, reading);
  } catch (...) {
    for (Run* run : runs)
      run->giveUp(std::current_exception());
    throw;
  }
}

}  // namespace

TrainingResult train(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener, std::stop_token stop,
                     const CheckpointListener& keep) {
  checkPlan(plan, input);
  useThreads(plan.threads);
  const StepMemory memory;
  Run run(plan, input, listener, stop, keep);
  while (run.goesOn())
    run.take(std::move(computed(*input.model, {run.next()}, {&run}).front()));
  return run.finish();
}

std::optional<TrainingResult> judgeStopped(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener,
                                           std::stop_token stop) {
  checkPlan(plan, input);
  if (!input.resume) throw TrainingError("The run has no checkpoint to be judged.", "Go on with it first.");
  useThreads(plan.threads);
  Progress progress(plan, input, totalSteps(plan, static_cast<std::int64_t>(input.training->items.size())));
  return progress.judgeStopped(listener, stop);
}

std::vector<SweepOutcome> sweep(const std::vector<SweepMember>& members) {
  if (members.empty()) return {};
  const FrozenModel* model = members.front().input.model.get();
  for (const SweepMember& member : members) {
    checkPlan(member.plan, member.input);
    if (member.input.model.get() != model) throw PlanError("The runs of a sweep have different models.", "Sweep over one model at a time.");
  }
  useThreads(members.front().plan.threads);
  const StepMemory memory;
  std::vector<SweepOutcome> outcomes(members.size());
  std::vector<std::unique_ptr<Run>> runs;
  for (const SweepMember& member : members)
    runs.push_back(std::make_unique<Run>(member.plan, member.input, member.listener, member.stop, member.keep));
  const auto goesOn = [&](std::size_t i) { return outcomes[i].failure.empty() && runs[i]->goesOn(); };

  for (;;) {
    std::vector<std::size_t> going;
    std::vector<PromptBatches> reading;
    std::vector<Run*> readers;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!goesOn(i)) continue;
      going.push_back(i);
      readers.push_back(runs[i].get());
      reading.push_back(runs[i]->next());
    }
    if (going.empty()) break;
    std::vector<StepResult> results = computed(*model, reading, readers);
    for (std::size_t i = 0; i < going.size(); ++i)
      try {
        runs[going[i]]->take(std::move(results[i]));
      } catch (const TrainingError& error) {
        outcomes[going[i]].failure = error.what();  // a loss that is no number ends its own run only
      }
  }
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (outcomes[i].failure.empty()) outcomes[i].result = runs[i]->finish();
  return outcomes;
}

}  // namespace incipit
