#include "core/metrics/classes.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/batch.h"
#include "core/training/loss.h"
#include "core/training/prompt_rows.h"
#include "core/training/train.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace incipit {
namespace {

// Of each example of the batch, log p of every class: the sum over the class's tokens behind the text.
std::vector<std::vector<double>> classScores(const FrozenModel& model, const at::Tensor& prompt, const Examples& examples,
                                             const std::vector<std::int64_t>& indices) {
  const ClassBatch batch = makeClassBatch(examples, indices, prompt.defined() ? prompt.size(0) : 0, model.card());
  if (batch.rows.scored.empty()) return std::vector<std::vector<double>>(indices.size());
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

  std::vector<std::vector<double>> scores(indices.size(), std::vector<double>(examples.classes.size()));
  for (const auto& choice : batch.choices)
    for (const std::size_t place : choice.places)
      scores[choice.example][static_cast<std::size_t>(choice.classIndex)] += logP[place];
  return scores;
}

// Indices of the batch that begins with example `first`.
std::vector<std::int64_t> batchFrom(std::int64_t first, std::int64_t batchSize, std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(std::min(batchSize, count - first)));
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

int likeliest(const std::vector<double>& scores) {
  return scores.empty() ? -1 : static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

// Texts that a head sorts.
class HeadReader {
 public:
  HeadReader(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples) : m_model(model), m_prompt(prompt) {
    const ClassHead values = headFor(prompt, model);
    if (static_cast<std::int64_t>(examples.classes.size()) > classesOf(values))
      throw DataError("The data has " + std::to_string(examples.classes.size()) + " labels, and the head chooses among " +
                          std::to_string(classesOf(values)) + ".",
                      "Use the data that the prompt was trained for.");
    m_rows = entering(tensorOf(prompt, model), prompt, model);
    m_head = tensorsOf(values, model.device());
  }

  void read(const Examples& examples, const std::vector<std::int64_t>& indices, std::vector<ExampleOutcome>& outcomes) const {
    const TrainingBatch batch = makeBatch(examples, indices, m_prompt.length(), m_model.card(), m_prompt.origin.pooling);
    if (batch.scored.empty()) return;
    const at::Tensor states = scoredStates(m_model, m_rows, batch, batch.scored);
    const at::Tensor logits = logitsOfTexts(m_model, m_prompt.origin.pooling, m_head, batch, states);
    const at::Tensor logP = logits.to(at::kDouble).log_softmax(1).to(at::kCPU).contiguous();
    const std::int64_t classes = logP.size(1);
    for (std::size_t i = 0; i < batch.targets.size(); ++i) {
      const double* row = logP.data_ptr<double>() + static_cast<std::int64_t>(i) * classes;
      const std::vector<double> scores(row, row + classes);
      outcomes.push_back({indices[batch.owners[i]], -scores[static_cast<std::size_t>(batch.targets[i])], 1, likeliest(scores), scores});
    }
  }

 private:
  const FrozenModel& m_model;
  const SoftPrompt& m_prompt;
  at::Tensor m_rows;
  std::vector<at::Tensor> m_head;
};

// Texts that a model continues or answers.
class TextReader {
 public:
  TextReader(const FrozenModel& model, const SoftPrompt& prompt)
      : m_model(model), m_promptRows(prompt.length()), m_rows(entering(tensorOf(prompt, model), prompt, model)) {}

  void read(const Examples& examples, const std::vector<std::int64_t>& indices, std::vector<ExampleOutcome>& outcomes) const {
    std::vector<ExampleOutcome> batchOutcomes(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i)
      batchOutcomes[i].example = indices[i];
    const TrainingBatch batch = makeBatch(examples, indices, m_promptRows, m_model.card());
    if (!batch.scored.empty()) {
      const std::vector<double> logP = logProbabilities(m_model, scoredStates(m_model, m_rows, batch, batch.scored), batch.targets);
      for (std::size_t i = 0; i < logP.size(); ++i) {
        batchOutcomes[batch.owners[i]].loss -= logP[i];
        ++batchOutcomes[batch.owners[i]].scoredTokens;
      }
    }
    if (!examples.classes.empty()) {
      std::vector<std::vector<double>> scores = classScores(m_model, m_rows, examples, indices);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        batchOutcomes[i].predicted = likeliest(scores[i]);
        batchOutcomes[i].classScores = std::move(scores[i]);
      }
    }
    for (ExampleOutcome& outcome : batchOutcomes) {
      outcome.loss /= static_cast<double>(std::max<std::int64_t>(1, outcome.scoredTokens));
      outcomes.push_back(std::move(outcome));
    }
  }

 private:
  const FrozenModel& m_model;
  std::int64_t m_promptRows;
  at::Tensor m_rows;
};

Evaluation summed(std::vector<ExampleOutcome> outcomes, const Examples& examples) {
  Evaluation result;
  double loss = 0, labelLoss = 0;
  std::int64_t correct = 0, labelled = 0;
  std::vector<int> truths, answers;
  for (ExampleOutcome& outcome : outcomes) {
    loss += outcome.loss * static_cast<double>(outcome.scoredTokens);
    result.scoredTokens += outcome.scoredTokens;
    const ExampleSizes example = examples.items.sizes(static_cast<std::size_t>(outcome.example));
    const int truth = outcome.truth = example.classIndex;
    outcome.row = example.row;
    if (truth < 0 || outcome.classScores.empty()) continue;
    labelLoss -= outcome.classScores[static_cast<std::size_t>(truth)];
    truths.push_back(truth), answers.push_back(outcome.predicted);
    correct += outcome.predicted == truth ? 1 : 0;
    ++labelled;
  }
  result.examples = static_cast<std::int64_t>(outcomes.size());
  result.loss = loss / static_cast<double>(std::max<std::int64_t>(1, result.scoredTokens));
  if (!examples.classes.empty() && result.examples > 0)
    result.accuracy = static_cast<double>(correct) / static_cast<double>(result.examples);
  if (labelled > 0) result.f1Macro = macroF1Of(confusionMatrix(truths, answers, static_cast<int>(examples.classes.size())));
  if (labelled > 0) result.labelLoss = labelLoss / static_cast<double>(labelled);
  result.outcomes = std::move(outcomes);
  return result;
}

template <class Reader>
std::vector<ExampleOutcome> readAll(const Reader& reader, const Examples& examples, std::int64_t batchSize, const std::stop_token& stop,
                                    const std::function<void(std::int64_t)>& tell) {
  std::vector<ExampleOutcome> outcomes;
  const auto count = static_cast<std::int64_t>(examples.items.size());
  for (std::int64_t first = 0; first < count && !stop.stop_requested(); first += batchSize) {
    reader.read(examples, batchFrom(first, batchSize, count), outcomes);
    if (tell) tell(std::min(first + batchSize, count));
  }
  return outcomes;
}

}  // namespace

Evaluation evaluate(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t batchSize,
                    std::stop_token stop, const std::function<void(std::int64_t)>& tell) {
  const at::NoGradGuard noGrad;
  if (!prompt.empty()) checkFits(prompt, model);
  const bool head = model.card().head != HeadKind::None;
  Evaluation result = summed(head ? readAll(HeadReader(model, prompt, examples), examples, batchSize, stop, tell)
                                  : readAll(TextReader(model, prompt), examples, batchSize, stop, tell),
                             examples);
  if (result.scoredTokens == 0 && !head && !stop.stop_requested())
    throw DataError("The data has no scored token to evaluate.", "Check its columns and labels.");
  model.checkWhole();
  if (!head) result.perplexity = std::exp(result.loss);
  return result;
}

}  // namespace incipit
