#include "core/prompt/soft_prompt.h"

#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <cmath>

namespace incipit {

void checkFits(const SoftPrompt& prompt, const FrozenModel& model) {
  const ModelCard& card = model.card();
  if (prompt.length() <= 0) throw ModelError("The prompt has no virtual tokens.", "Use at least one.");
  if (prompt.width() != card.hiddenSize)
    throw ModelError("The prompt's rows have " + std::to_string(prompt.width()) + " numbers, the model '" + card.name + "' works with " +
                         std::to_string(card.hiddenSize) + ".",
                     prompt.origin.modelName.empty() ? "Open the model it was tuned for."
                                                     : "Open the model it was tuned for: " + prompt.origin.modelName + ".");
  const PromptTask task = prompt.origin.task;
  if (task != PromptTask::Unknown && (task == PromptTask::Seq2SeqLm) != card.encoderDecoder)
    throw ModelError("The prompt was tuned for " + std::string(card.encoderDecoder ? "a decoder-only" : "an encoder-decoder") +
                         " model, and '" + card.name + "' is " + (card.encoderDecoder ? "an encoder-decoder" : "a decoder-only") +
                         " model.",
                     prompt.origin.modelName.empty() ? "Open the model it was tuned for."
                                                     : "Open the model it was tuned for: " + prompt.origin.modelName + ".");
  if (prompt.length() >= card.contextLength)
    throw ModelError("The prompt has " + std::to_string(prompt.length()) + " virtual tokens, the context of '" + card.name + "' holds " +
                         std::to_string(card.contextLength) + " tokens in all.",
                     "Use fewer virtual tokens, so that text still fits.");
  for (std::int64_t row = 0; row < prompt.length(); ++row)
    for (const float value : prompt.rows.row(row))
      if (!std::isfinite(value))
        throw ModelError("Row " + std::to_string(row) + " of the prompt holds a number that is not finite.",
                         "Use a prompt from before the run broke.");
}

std::string originWarning(const SoftPrompt& prompt, const FrozenModel& model) {
  const PromptOrigin& origin = prompt.origin;
  if (origin.weightFingerprint.empty() || origin.weightFingerprint == model.fingerprint()) return {};
  return "This prompt was tuned for other weights (" + (origin.modelName.empty() ? std::string("an unnamed model") : origin.modelName) +
         ") than those of " + model.card().name + "; what it does here is chance.";
}

}  // namespace incipit
