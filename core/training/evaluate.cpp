#include "core/model/frozen_model.h"
#include "core/model/to_device.h"
#include "core/support/error.h"
#include "core/training/batch.h"
#include "core/training/loss.h"
#include "core/training/prompt_rows.h"
#include "core/training/train.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace incipit {
namespace {

// Examples whose own label is the likeliest of all classes (sum of the label's token log probabilities).
std::int64_t countCorrect(const FrozenModel& model, const at::Tensor& prompt, const Examples& examples,
                          const std::vector<std::int64_t>& indices) {
  const ClassBatch batch = makeClassBatch(examples, indices, prompt.defined() ? prompt.size(0) : 0, model.card());
  if (batch.rows.scored.empty()) return 0;
  // Scored rows are asked in the forest's ascending order; `order` leads back to the order of the batch.
  std::vector<std::size_t> order(batch.rows.scored.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return batch.rows.scored[a] < batch.rows.scored[b]; });
  std::vector<std::int64_t> scored, targets;
  for (const std::size_t place : order)
    scored.push_back(batch.rows.scored[place]), targets.push_back(batch.rows.targets[place]);

  const at::Tensor hidden = scoredStates(model, prompt, batch.rows, scored);
  const std::vector<double> ascending = logProbabilities(model, hidden, targets);
  std::vector<double> logP(ascending.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    logP[order[i]] = ascending[i];

  std::vector<double> best(indices.size(), -std::numeric_limits<double>::infinity());
  std::vector<int> chosen(indices.size(), -1);
  for (const auto& choice : batch.choices) {
    double sum = 0;
    for (const std::size_t place : choice.places)
      sum += logP[place];
    if (sum > best[choice.example]) best[choice.example] = sum, chosen[choice.example] = choice.classIndex;
  }
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (chosen[i] == examples.items[static_cast<std::size_t>(indices[i])].classIndex) ++correct;
  return correct;
}

// Indices of the batch that begins with example `first`.
std::vector<std::int64_t> batchFrom(std::int64_t first, std::int64_t batchSize, std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(std::min(batchSize, count - first)));
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

// Texts that a head sorts: the loss a text, and the share of the texts whose own class has the highest score.
Evaluation evaluateClasses(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t batchSize,
                           std::stop_token stop, const std::function<void(std::int64_t)>& tell) {
  const at::Tensor rows = entering(tensorOf(prompt, model), prompt, model);
  const ClassHead values = headFor(prompt, model);
  if (static_cast<std::int64_t>(examples.classes.size()) > classesOf(values))
    throw DataError("The data has " + std::to_string(examples.classes.size()) + " labels, and the head chooses among " +
                        std::to_string(classesOf(values)) + ".",
                    "Use the data that the prompt was trained for.");
  const std::vector<at::Tensor> head = tensorsOf(values, model.device());
  Evaluation result;
  const auto counters = at::TensorOptions().device(at::Device(model.device()));
  at::Tensor sum = at::zeros({}, counters.dtype(at::kDouble)), correct = at::zeros({}, counters.dtype(at::kLong));  // [], read at the end
  const auto count = static_cast<std::int64_t>(examples.items.size());
  for (std::int64_t first = 0; first < count && !stop.stop_requested(); first += batchSize) {
    const TrainingBatch batch =
        makeBatch(examples, batchFrom(first, batchSize, count), prompt.length(), model.card(), prompt.origin.pooling);
    if (batch.scored.empty()) continue;
    const at::Tensor pooled = scoredStates(model, rows, batch, batch.scored);
    sum += classCrossEntropy(model.card().head, head, pooled, batch.targets, 1, false).sum;
    const at::Tensor chosen = classLogits(model.card().head, head, pooled).argmax(1);  // [S]
    correct += (chosen == toDevice(at::tensor(batch.targets, at::kLong), chosen.device())).sum();
    result.examples += static_cast<std::int64_t>(batch.targets.size());
    if (tell) tell(std::min(first + batchSize, count));
  }
  model.checkWhole();
  result.scoredTokens = result.examples;
  const auto texts = static_cast<double>(std::max<std::int64_t>(1, result.examples));
  result.loss = sum.item<double>() / texts;
  result.accuracy = static_cast<double>(correct.item<std::int64_t>()) / texts;
  return result;
}

}  // namespace

Evaluation evaluate(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t batchSize,
                    std::stop_token stop, const std::function<void(std::int64_t)>& tell) {
  const at::NoGradGuard noGrad;
  if (!prompt.empty()) checkFits(prompt, model);
  if (model.card().head != HeadKind::None) return evaluateClasses(model, prompt, examples, batchSize, stop, tell);
  const at::Tensor rows = entering(tensorOf(prompt, model), prompt, model);
  Evaluation result;
  at::Tensor sum = at::zeros({}, at::TensorOptions(at::kDouble).device(at::Device(model.device())));  // [], read once at the end
  std::int64_t correct = 0;
  const auto count = static_cast<std::int64_t>(examples.items.size());
  for (std::int64_t first = 0; first < count && !stop.stop_requested(); first += batchSize) {
    const std::vector<std::int64_t> indices = batchFrom(first, batchSize, count);
    const TrainingBatch batch = makeBatch(examples, indices, prompt.length(), model.card());
    if (!batch.scored.empty()) {
      const at::Tensor hidden = scoredStates(model, rows, batch, batch.scored);
      sum += crossEntropy(model, hidden, batch.targets, 1, false).sum;
    }
    result.scoredTokens += static_cast<std::int64_t>(batch.targets.size());
    if (!examples.classes.empty()) correct += countCorrect(model, rows, examples, indices);
    result.examples += static_cast<std::int64_t>(indices.size());
    if (tell) tell(result.examples);
  }
  if (result.scoredTokens == 0 && !stop.stop_requested())
    throw DataError("The data has no scored token to evaluate.", "Check its columns and labels.");
  result.loss = sum.item<double>() / static_cast<double>(std::max<std::int64_t>(1, result.scoredTokens));
  model.checkWhole();
  result.perplexity = std::exp(result.loss);
  if (!examples.classes.empty() && result.examples > 0)
    result.accuracy = static_cast<double>(correct) / static_cast<double>(result.examples);
  return result;
}

}  // namespace incipit
