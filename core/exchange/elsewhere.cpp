#include "core/exchange/elsewhere.h"

namespace incipit {

std::string differenceElsewhere(const SoftPrompt& prompt) {
  if (prompt.origin.task != PromptTask::SeqCls) return {};
  const std::string instead = " PEFT reads the first virtual token instead, so there the scores are others.";
  switch (prompt.origin.pooling) {
  case Pooling::Text:
    return "The head was trained on the state of the text's first token, behind the virtual tokens." + instead;
  case Pooling::Mean:
    return "The head was trained on the mean of the states of the text's tokens, the virtual tokens left out and without the model's "
           "pooler, as sentence-transformers pools." +
           instead;
  default:
    return {};
  }
}

}  // namespace incipit
