// Read this first: the whole of a training run, from plan and prompt to the prompt that is kept.
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/batch.h"
#include "core/training/loss.h"
#include "core/training/optimizer.h"
#include "core/training/progress.h"
#include "core/training/prompt_rows.h"
#include "core/training/train.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

struct StepResult {
  double loss = 0;  // mean over the scored tokens
  std::int64_t tokens = 0;
  Matrix gradient;  // [P, H]
};

// Loss and gradient of the prompt over the batches of one optimiser step; accumulated batches count as one large batch.
StepResult lossAndGradient(const FrozenModel& model, const SoftPrompt& prompt, const std::vector<TrainingBatch>& batches) {
  StepResult result;
  for (const TrainingBatch& batch : batches)
    result.tokens += static_cast<std::int64_t>(batch.targets.size());
  if (result.tokens == 0) throw DataError("A batch has no scored token.", "Check the data's labels, or use a larger batch.");
  const double weight = 1 / static_cast<double>(result.tokens);

  const at::AutoGradMode gradients(true);
  at::Tensor rows = tensorOf(prompt, model);  // [P, H], the only leaf with a gradient
  rows.requires_grad_(true);
  for (const TrainingBatch& batch : batches) {
    if (batch.targets.empty()) continue;
    const at::Tensor hidden = model.forward(rowsOf(model, rows, batch.ids), {batch.forest, 0, nullptr, &batch.scored});  // [S, H]
    const LossAndGradient part = crossEntropy(model, hidden, batch.targets, weight, true);
    hidden.backward(part.gradient);
    result.loss += part.sum * weight;
  }
  result.gradient = Matrix(prompt.length(), prompt.width());
  const at::Tensor gradient = rows.grad().to(at::kCPU).contiguous();
  std::copy_n(gradient.data_ptr<float>(), result.gradient.values.size(), result.gradient.values.begin());
  return result;
}

double normOf(const Matrix& matrix) {
  double squares = 0;
  for (const float value : matrix.values)
    squares += static_cast<double>(value) * value;
  return std::sqrt(squares);
}

// Scales the gradient down to `most`, as PyTorch's clip_grad_norm_ does.
void clip(Matrix& gradient, double norm, double most) {
  const double factor = most / (norm + 1e-6);
  if (most <= 0 || factor >= 1) return;
  for (float& value : gradient.values)
    value *= static_cast<float>(factor);
}

void checkPlan(const TrainingPlan& plan, const TrainingInput& input) {
  const auto problems = problemsIn(plan);
  if (!problems.empty()) throw PlanError(problems.front().sentence);
  if (!input.training || input.training->items.empty()) throw DataError("There is no training data.", "Open a data file.");
  checkFits(input.start, *input.model);
}

[[noreturn]] void failWithAdvice(const TrainingPlan& plan, std::int64_t step, const char* what, const TrainingListener& listener) {
  const std::string problem = std::string("The ") + what + " of step " + std::to_string(step) + " is not a number.";
  std::string remedy = "Lower the learning rate (now " + std::to_string(plan.learningRate) + ")";
  if (plan.maxGradNorm == 0) remedy += ", clip gradients (max_grad_norm 1)";
  if (plan.precision != Precision::Fp32) remedy += ", or compute in fp32";
  listener(Failed{step, problem + " " + remedy + "."});
  throw TrainingError(problem, remedy + ".");
}

}  // namespace

TrainingResult train(const TrainingPlan& plan, const TrainingInput& input, const TrainingListener& listener, std::stop_token stop,
                     const CheckpointListener& keep) {
  checkPlan(plan, input);
  useThreads(plan.threads);
  keepFreedMemory();

  const FrozenModel& model = *input.model;
  const Examples& examples = *input.training;
  const std::int64_t total = totalSteps(plan, static_cast<std::int64_t>(examples.items.size()));
  Progress progress(plan, input, total);
  TrainingState& state = progress.state();
  BatchOrder order(static_cast<std::int64_t>(examples.items.size()), plan.batchSize, plan.shuffle, plan.seed);
  PromptOptimizer optimizer(plan.optimizer, state.prompt.length(), state.prompt.width(), plan.weightDecay);
  if (input.resume) {
    order.restore(state.order);
    optimizer.restore(state.optimizerMoments, state.optimizerStep);
  }
  const auto checkpoint = [&] {
    state.order = order.state();
    state.optimizerMoments = optimizer.moments();
    state.optimizerStep = optimizer.steps();
    if (keep) keep(state);
  };

  listener(progress.started(model));
  if (state.step == 0) progress.evaluate(listener, stop);
  while (state.step < total && !stop.stop_requested() && !progress.outOfPatience()) {
    const std::int64_t step = state.step + 1;
    std::vector<TrainingBatch> batches;
    for (std::int64_t i = 0; i < plan.gradientAccumulationSteps; ++i)
      batches.push_back(makeBatch(examples, order.next(), state.prompt.length()));

    StepResult result = lossAndGradient(model, state.prompt, batches);
    const double gradNorm = normOf(result.gradient);
    if (!std::isfinite(result.loss)) failWithAdvice(plan, step, "loss", listener);
    if (!std::isfinite(gradNorm)) failWithAdvice(plan, step, "gradient", listener);
    progress.judge(result.loss);

    const double rate = learningRateAt(plan, step, total);
    clip(result.gradient, gradNorm, plan.maxGradNorm);
    optimizer.step(state.prompt.rows, result.gradient, rate);
    state.step = step;

    listener(progress.stepped(result.loss, rate, gradNorm, result.tokens));
    if (progress.snapshotDue()) listener(Snapshotted{step, state.prompt});
    if (progress.evaluationDue() && !stop.stop_requested()) progress.evaluate(listener, stop);
    if (progress.checkpointDue()) checkpoint();
  }

  TrainingResult result = progress.finish(stop.stop_requested() && state.step < total);
  checkpoint();
  result.state = state;
  if (result.stopped) {
    listener(Stopped{result.summary});
  } else {
    listener(Finished{result.summary,
                      progress.outOfPatience() && state.step < total ? "early stopping: the validation loss no longer falls" : ""});
  }
  return result;
}

}  // namespace incipit
