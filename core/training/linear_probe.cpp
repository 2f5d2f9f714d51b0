#include "core/training/linear_probe.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/support/random.h"
#include "core/training/batch.h"
#include "core/training/prompt_rows.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace incipit {
namespace {

constexpr std::uint64_t stream = 0x70726f6265;  // apart from the seeds of the start, of the order and of the samples
constexpr std::int64_t batchSize = 16, folds = 3;

// Which examples are read: all that have a class, or a sample of them.
std::vector<std::int64_t> probed(const Examples& examples, std::uint64_t seed) {
  std::vector<std::int64_t> indices;
  for (std::size_t i = 0; i < examples.items.size(); ++i)
    if (examples.items[i].classIndex >= 0 && !examples.items[i].ids.empty()) indices.push_back(static_cast<std::int64_t>(i));
  const auto all = static_cast<std::int64_t>(indices.size());
  if (all <= mostProbedExamples) return indices;
  auto order = Random(seed ^ stream).permutation(all);
  order.resize(static_cast<std::size_t>(mostProbedExamples));
  std::sort(order.begin(), order.end());
  for (auto& place : order)
    place = indices[static_cast<std::size_t>(place)];
  return order;
}

// What the head's last layer reads of each of them: [N, H].
std::optional<Matrix> statesOf(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples,
                               const std::vector<std::int64_t>& indices, const std::stop_token& stop,
                               const std::function<void(std::int64_t, std::int64_t)>& tell) {
  const Pooling pooling = prompt.origin.pooling;
  const at::Tensor rows = entering(tensorOf(prompt, model), prompt, model);
  const std::vector<at::Tensor> head = tensorsOf(prompt.head, model.device());
  std::vector<at::Tensor> states;
  for (std::size_t first = 0; first < indices.size(); first += batchSize) {
    if (stop.stop_requested()) return std::nullopt;
    const std::size_t last = std::min(indices.size(), first + batchSize);
    const std::vector<std::int64_t> some(indices.begin() + static_cast<std::ptrdiff_t>(first),
                                         indices.begin() + static_cast<std::ptrdiff_t>(last));
    const TrainingBatch batch = makeBatch(examples, some, prompt.length(), model.card(), pooling);
    const at::Tensor read = scoredStates(model, rows, batch, batch.scored);
    states.push_back(beforeLastLayer(model.card().head, head, pooledStates(model, pooling, read, batch.pooled)).cpu());
    if (tell) tell(static_cast<std::int64_t>(last), static_cast<std::int64_t>(indices.size()));
  }
  model.checkWhole();
  const at::Tensor all = at::cat(states).contiguous();
  Matrix matrix(all.size(0), all.size(1));
  std::copy_n(all.data_ptr<float>(), matrix.values.size(), matrix.values.begin());
  return matrix;
}

std::vector<double> scoresOf(const LogisticFit& fit, std::span<const float> x) {
  std::vector<double> scores = fit.intercepts;
  for (std::int64_t k = 0; k < fit.weights.rows; ++k)
    scores[static_cast<std::size_t>(k)] += std::inner_product(x.begin(), x.end(), fit.weights.row(k).begin(), 0.0);
  return scores;
}

double accuracyOf(const LogisticFit& fit, const Matrix& rows, const std::vector<int>& labels) {
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    const std::vector<double> scores = scoresOf(fit, rows.row(row));
    right += std::max_element(scores.begin(), scores.end()) - scores.begin() == labels[static_cast<std::size_t>(row)];
  }
  return static_cast<double>(right) / static_cast<double>(std::max<std::int64_t>(1, rows.rows));
}

// -log p(label)
double lossOf(const std::vector<double>& scores, int label) {
  const double top = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores)
    sum += std::exp(score - top);
  return top + std::log(sum) - scores[static_cast<std::size_t>(label)];
}

// The loss on every third row of a fit to the others.
double unseenLoss(const Matrix& rows, std::span<const int> labels, std::int64_t classes, double c, Intercepts intercepts) {
  double loss = 0;
  for (std::int64_t fold = 0; fold < folds; ++fold) {
    Matrix seen(0, rows.columns);
    std::vector<int> seenLabels;
    for (std::int64_t row = 0; row < rows.rows; ++row) {
      if (row % folds == fold) continue;
      const auto values = rows.row(row);
      seen.values.insert(seen.values.end(), values.begin(), values.end());
      ++seen.rows;
      seenLabels.push_back(labels[static_cast<std::size_t>(row)]);
    }
    const LogisticFit fit = fitLogistic(seen, seenLabels, classes, c, intercepts);
    for (std::int64_t row = fold; row < rows.rows; row += folds)
      loss += lossOf(scoresOf(fit, rows.row(row)), labels[static_cast<std::size_t>(row)]);
  }
  return loss;
}

}  // namespace

double chosenStrength(const Matrix& rows, std::span<const int> labels, std::int64_t classes, Intercepts intercepts) {
  double best = 1, least = INFINITY;
  if (rows.rows < 10 * folds) return best;  // too few to tell
  for (const double c : {10.0, 1.0, 0.1, 0.01, 0.001}) {
    const double loss = unseenLoss(rows, labels, classes, c, intercepts);
    if (loss > least) break;  // it falls, and then rises
    best = c, least = loss;
  }
  return best;
}

bool startsFromProbe(const TrainingPlan& plan, const FrozenModel& model, const SoftPrompt& start) {
  const ModelCard& card = model.card();
  return plan.headInit == HeadInit::Probe && !start.head.empty() &&
         start.head == freshHead(card.head, card.hiddenSize, classesOf(start.head), card.headDeviation, plan.seed);
}

std::optional<LinearProbe> linearProbe(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::uint64_t seed,
                                       std::stop_token stop, const std::function<void(std::int64_t, std::int64_t)>& tell) {
  const at::NoGradGuard noGrad;
  if (prompt.head.empty()) throw PlanError("A linear probe needs a head to be solved.", "Open a model that sorts texts into classes.");
  const std::vector<std::int64_t> indices = probed(examples, seed);
  if (indices.empty()) throw DataError("No example has a class, so there is nothing to fit a head to.", "Choose a label column.");
  const auto states = statesOf(model, prompt, examples, indices, stop, tell);
  if (!states) return std::nullopt;
  std::vector<int> labels;
  for (const auto index : indices)
    labels.push_back(examples.items[static_cast<std::size_t>(index)].classIndex);

  LinearProbe probe{prompt.head, 0, 1, static_cast<std::int64_t>(indices.size())};
  const bool biased = probe.head.back().isVector();
  const Intercepts intercepts = biased ? Intercepts::Fitted : Intercepts::None;
  probe.c = chosenStrength(*states, labels, classesOf(prompt.head), intercepts);
  const LogisticFit fit = fitLogistic(*states, labels, classesOf(prompt.head), probe.c, intercepts);
  Matrix& weights = probe.head[probe.head.size() - (biased ? 2 : 1)].values;
  weights = fit.weights;
  if (biased) std::copy(fit.intercepts.begin(), fit.intercepts.end(), probe.head.back().values.values.begin());
  probe.accuracy = accuracyOf(fit, *states, labels);
  return probe;
}

}  // namespace incipit
