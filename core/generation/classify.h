// What a model with a head says of a text: a probability for each class.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

struct ClassProbability {
  std::string label;
  double probability;
};

// One a class, in the order of the head, with the prompt's head where it brings one and the model's otherwise. `prompt` may be empty;
// `places`: of it among the text, none: in front. Throws ModelError for a model that writes text, without any head, or whose context text
// and prompt do not fit; DataError for ids outside the vocabulary, or no text.
std::vector<ClassProbability> classify(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text,
                                       const Places& places = {});

}  // namespace incipit
