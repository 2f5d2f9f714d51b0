// Whether a prompt can stand in front of a model, and with which head: the part of soft_prompt.h that looks at models.
#include "core/model/frozen_model.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

const char* kindOf(PromptTask task) {
  switch (task) {
  case PromptTask::Seq2SeqLm:
    return "an encoder-decoder model";
  case PromptTask::SeqCls:
    return "a model that classifies";
  default:
    return "a decoder-only model that writes text";
  }
}

std::string shapeText(const HeadPart& part) {
  std::string text;
  for (const std::int64_t size : part.shape())
    text += (text.empty() ? "[" : ", ") + std::to_string(size);
  return text + "]";
}

void checkHead(const ClassHead& head, const ModelCard& card) {
  const ClassHead wanted = blankHead(card.head, card.hiddenSize, classesOf(head));
  for (std::size_t i = 0; i < std::max(wanted.size(), head.size()); ++i) {
    if (i < wanted.size() && i < head.size() && wanted[i].name == head[i].name && wanted[i].shape() == head[i].shape()) continue;
    throw ModelError("The head of the prompt does not fit '" + card.name + "': it has " +
                         (i < head.size() ? head[i].name + " " + shapeText(head[i]) : std::string("nothing more")) +
                         " where the model wants " +
                         (i < wanted.size() ? wanted[i].name + " " + shapeText(wanted[i]) : std::string("nothing more")) + ".",
                     "Open the model it was tuned for.");
  }
}

}  // namespace

ClassHead headFor(const SoftPrompt& prompt, const FrozenModel& model) {
  ClassHead head = prompt.head.empty() ? model.head() : prompt.head;
  if (head.empty())
    throw ModelError("'" + model.card().name + "' has no head to sort texts into classes with, and the prompt brings none.",
                     "Train a prompt for it, or open a model for sequence classification.");
  return head;
}

void checkFits(const SoftPrompt& prompt, const FrozenModel& model) {
  const ModelCard& card = model.card();
  if (prompt.length() <= 0) throw ModelError("The prompt has no virtual tokens.", "Use at least one.");
  if (prompt.width() != card.hiddenSize)
    throw ModelError("The prompt's rows have " + std::to_string(prompt.width()) + " numbers, the model '" + card.name + "' works with " +
                         std::to_string(card.hiddenSize) + ".",
                     prompt.origin.modelName.empty() ? "Open the model it was tuned for."
                                                     : "Open the model it was tuned for: " + prompt.origin.modelName + ".");
  const PromptTask task = prompt.origin.task;
  if (task != PromptTask::Unknown && task != taskOf(card))
    throw ModelError("The prompt was tuned for " + std::string(kindOf(task)) + ", and '" + card.name + "' is " + kindOf(taskOf(card)) + ".",
                     task == PromptTask::SeqCls && !card.encoderDecoder ? "Open it with a head that sorts texts into classes."
                     : prompt.origin.modelName.empty()                  ? "Open the model it was tuned for."
                                                       : "Open the model it was tuned for: " + prompt.origin.modelName + ".");
  if (!prompt.head.empty()) checkHead(prompt.head, card);
  if (prompt.length() >= card.contextLength)
    throw ModelError("The prompt has " + counted(prompt.length(), "virtual token") + ", the context of '" + card.name + "' holds " +
                         counted(card.contextLength, "token") + " in all.",
                     "Use fewer virtual tokens, so that text still fits.");
  for (std::int64_t row = 0; row < prompt.length(); ++row)
    for (const float value : prompt.rows.row(row))
      if (!std::isfinite(value))
        throw ModelError("Row " + std::to_string(row) + " of the prompt holds a number that is not finite.",
                         "Use a prompt from before the run broke.");
  for (const HeadPart& part : prompt.head)
    for (const float value : part.values.values)
      if (!std::isfinite(value))
        throw ModelError("The tensor " + part.name + " of the prompt holds a number that is not finite.",
                         "Use a prompt from before the run broke.");
}

std::string originWarning(const SoftPrompt& prompt, const FrozenModel& model) {
  const PromptOrigin& origin = prompt.origin;
  if (origin.weightFingerprint.empty() || origin.weightFingerprint == model.fingerprint()) return {};
  return "This prompt was tuned for other weights (" + (origin.modelName.empty() ? std::string("an unnamed model") : origin.modelName) +
         ") than those of " + model.card().name + "; what it does here is chance.";
}

}  // namespace incipit
