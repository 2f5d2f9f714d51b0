#include "core/generation/classify.h"

#include "core/generation/reading.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/softmax.h>
#include <algorithm>

namespace incipit {
namespace {

// The prompt's names for its classes, else the model's, else numbers.
std::string nameOfClass(const SoftPrompt& prompt, const ModelCard& card, std::size_t number) {
  for (const auto* labels : {&prompt.origin.labels, &card.labels})
    if (number < labels->size()) return (*labels)[number];
  return std::to_string(number);
}

}  // namespace

std::vector<ClassProbability> classify(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text,
                                       const Places& places) {
  const ModelCard& card = model.card();
  if (card.head == HeadKind::None)
    throw ModelError("'" + card.name + "' writes text and has no head to sort texts with.", "Open a model for sequence classification.");
  if (text.empty()) throw DataError("There is no text to sort.", "Type a few words.");
  const at::NoGradGuard noGrad;
  const ClassHead head = headFor(prompt, model);
  const at::Tensor rows = firstRows(model, prompt, text, places);  // [P + N, H]
  const std::vector<std::int64_t> sequence = interleaved(text.size(), places, prompt.length());
  const std::int64_t rowsInFront = std::find(sequence.begin(), sequence.end(), 0) - sequence.begin();
  Forest forest;
  forest.add(-1, rows.size(0));
  std::vector<std::int64_t> scored;  // the rows that the head reads
  const PooledRows read = pooledRows(card, prompt.origin.pooling, forest.segments().front(), rowsInFront);
  for (std::int64_t row = read.first; row < read.first + read.count; ++row)
    if (prompt.origin.pooling != Pooling::Mean || sequence[static_cast<std::size_t>(row)] >= 0) scored.push_back(row);
  const at::Tensor states = model.forward(rows, {forest, 0, nullptr, &scored});                                             // [S, H]
  const at::Tensor state = pooledStates(model, prompt.origin.pooling, states, {static_cast<std::int64_t>(scored.size())});  // [1, H]
  const at::Tensor logits = classLogits(card.head, tensorsOf(head, model.device()), state);                                 // [1, L]
  const at::Tensor probabilities = at::softmax(logits, 1, at::kDouble).cpu().contiguous();
  model.checkWhole();
  std::vector<ClassProbability> classes;
  for (std::int64_t i = 0; i < probabilities.size(1); ++i)
    classes.push_back({nameOfClass(prompt, card, static_cast<std::size_t>(i)), probabilities.data_ptr<double>()[i]});
  return classes;
}

}  // namespace incipit
