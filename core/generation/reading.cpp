#include "core/generation/reading.h"

#include "core/model/frozen_model.h"
#include "core/model/to_device.h"
#include "core/prompt/placed_rows.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

namespace incipit {
namespace {

void checkInput(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text) {
  const ModelCard& card = model.card();
  if (prompt.empty() && text.empty()) throw DataError("There is no text to go on from.", "Type a few words.");
  if (!prompt.empty()) checkFits(prompt, model);
  for (const TokenId id : text)
    if (id < 0 || id >= card.vocabularySize)
      throw DataError("Token id " + std::to_string(id) + " is outside the vocabulary of " + counted(card.vocabularySize, "token") + ".",
                      "Tokenizer and model do not belong together.");
  const std::int64_t rows = prompt.length() + static_cast<std::int64_t>(text.size());
  if (rows > card.contextLength)
    throw ModelError("Text and virtual tokens together have " + counted(rows, "token") + "; the context of '" + card.name + "' holds " +
                         withSeparators(card.contextLength) + ".",
                     "Use a shorter text.");
}

}  // namespace

at::Tensor embedded(const FrozenModel& model, std::span<const TokenId> ids) {
  const std::vector<std::int64_t> wide(ids.begin(), ids.end());
  return model.embed(toDevice(at::tensor(wide, at::kLong), at::Device(model.device())));
}

at::Tensor firstRows(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text, const Places& places) {
  checkInput(model, prompt, text);
  const at::Tensor words = embedded(model, text);
  if (prompt.empty()) return words;
  auto* values = const_cast<float*>(prompt.rows.values.data());
  const at::Tensor rows = times(at::from_blob(values, {prompt.length(), prompt.width()}).to(words.device(), words.scalar_type()),
                                entryFactor(prompt, model.card()));
  return places.empty() ? at::cat({rows, words}) : inPlaces(rows, words, interleaved(text.size(), places, prompt.length()));
}

}  // namespace incipit
