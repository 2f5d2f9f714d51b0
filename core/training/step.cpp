#include "core/training/step.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/loss.h"
#include "core/training/prompt_rows.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <algorithm>

namespace incipit {
namespace {

// One prompt on its way through the step.
struct Reader {
  const PromptBatches& reading;
  const ModelCard& card;
  TrainingBatch batch;           // of the pass under way; without targets when this prompt reads nothing in it
  at::Tensor rows;               // [P, H]: with the head's parts the only leaves with a gradient
  std::vector<at::Tensor> head;  // of a model that classifies
  at::Tensor loss;               // [] fp64, where the model computes
  StepResult result;

  Reader(const PromptBatches& r, const FrozenModel& model)
      : reading(r), card(model.card()), rows(tensorOf(r.prompt, model)), head(tensorsOf(r.prompt.head, model.device())) {
    loss = at::zeros({}, rows.options().dtype(at::kDouble));
    rows.requires_grad_(true);
    for (at::Tensor& part : head)
      part.requires_grad_(true);
    for (std::size_t pass = 0; pass < reading.batches.size(); ++pass) {
      turnTo(pass);
      result.tokens += static_cast<std::int64_t>(batch.targets.size());
    }
    if (result.tokens == 0) throw DataError("A batch has no scored token.", "Check the data's labels, or use a larger batch.");
  }
  void turnTo(std::size_t pass) {
    if (pass == m_pass) return;
    m_pass = pass;
    batch = pass < reading.batches.size()
                ? makeBatch(reading.examples, reading.batches[pass], reading.prompt.length(), card, reading.prompt.origin.pooling)
                : TrainingBatch();
  }
  bool reads() const { return !batch.targets.empty(); }
  // The one place of a step where the host waits for a device: the prompt and its optimiser are the host's, and by now all work is under
  // way.
  void takeResult() {
    result.loss = loss.item<double>();
    take(rows, reading.prompt.rows);
    for (std::size_t i = 0; i < head.size(); ++i)
      take(head[i], reading.prompt.head[i].values);
  }
  void take(const at::Tensor& leaf, const Matrix& like) {
    Matrix& gradient = result.gradients.emplace_back(like.rows, like.columns);
    const at::Tensor taken = leaf.grad().to(at::kCPU).contiguous();
    std::copy_n(taken.data_ptr<float>(), gradient.values.size(), gradient.values.begin());
  }

 private:
  std::size_t m_pass = static_cast<std::size_t>(-1);
};

// All trees of one pass: forward, the loss of each, and back. Gradients add up in the readers' rows.
void throughModel(const FrozenModel& model, std::vector<Reader>& readers, std::size_t pass) {
  Forest forest, texts;
  std::vector<std::int64_t> scored;
  RowRanges learning;
  std::vector<at::Tensor> trees, textTrees;
  const bool encodes = model.card().encoderDecoder;
  bool checkpointing = false;
  for (Reader& reader : readers) {
    reader.turnTo(pass);
    if (!reader.reads()) continue;
    const TrainingBatch& batch = reader.batch;
    for (const std::int64_t row : batch.scored)
      scored.push_back(forest.rows() + row);
    checkpointing = checkpointing || reader.reading.checkpointing;
    if (!encodes)
      for (const RowRange& range : rowsOfPrompt(batch, reader.rows.size(0)))
        learning.push_back({forest.rows() + range.begin, range.length});
    forest.append(batch.forest, static_cast<int>(texts.segments().size()));
    const at::Tensor prompt = entering(reader.rows, reader.reading.prompt, model);
    trees.push_back(rowsOf(model, encodes ? at::Tensor() : prompt, batch));  // [P + tokens, H]
    if (!encodes) continue;
    texts.append(batch.texts);
    textTrees.push_back(textRowsOf(model, prompt, batch));
  }
  if (trees.empty()) return;
  const auto together = [](const std::vector<at::Tensor>& parts) { return parts.size() == 1 ? parts.front() : at::cat(parts); };
  Pass way{forest, 0, nullptr, &scored, checkpointing};
  if (!encodes) way.learning = &learning;
  at::Tensor encoded;
  if (encodes) {
    encoded = model.encode(together(textTrees), {texts, 0, nullptr, nullptr, checkpointing});
    way.texts = &texts, way.encoded = &encoded;
  }
  const at::Tensor hidden = model.forward(together(trees), way);  // [S, H]

  std::vector<at::Tensor> gradients;
  std::int64_t first = 0;
  for (Reader& reader : readers) {
    if (!reader.reads()) continue;
    const TrainingBatch& batch = reader.batch;
    const double weight = 1 / static_cast<double>(reader.result.tokens);
    const auto count = static_cast<std::int64_t>(batch.scored.size());
    const at::Tensor mine = hidden.narrow(0, first, count);
    const LossAndGradient part =
        reader.head.empty() ? crossEntropy(model, mine, batch.targets, weight, true)
                            : classCrossEntropy(model, reader.reading.prompt.origin.pooling, reader.head, batch, mine, weight, true);
    reader.loss += part.sum * weight;
    gradients.push_back(part.gradient);
    first += count;
  }
  hidden.backward(together(gradients));
}

}  // namespace

std::vector<StepResult> lossesAndGradients(const FrozenModel& model, const std::vector<PromptBatches>& reading) {
  const at::AutoGradMode gradients(true);
  std::vector<Reader> readers;
  std::size_t passes = 0;
  for (const PromptBatches& one : reading) {
    readers.emplace_back(one, model);
    passes = std::max(passes, one.batches.size());
  }
  for (std::size_t pass = 0; pass < passes; ++pass)
    throughModel(model, readers, pass);
  std::vector<StepResult> results;
  for (Reader& reader : readers) {
    reader.takeResult();
    results.push_back(std::move(reader.result));
  }
  model.checkWhole();
  return results;
}

}  // namespace incipit
