// Which of the label words a model would say behind a text: classification by rank, of one text.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

// What each word looks like behind a text that is read as these tokens: as encode() has them (dataset/examples.h). In a chat the word
// begins the assistant's turn; elsewhere a space joins it, unless the text ends in white space.
std::vector<std::vector<TokenId>> labelTokens(const FrozenModel& model, const Tokenizer& tokenizer, const std::vector<std::string>& words,
                                              const std::vector<TokenId>& text, bool inChat);

// The probability of each word among them: the softmax of log p of its tokens, as the classes of an evaluation are ranked. `prompt` may be
// empty. Throws ModelError where text, label and prompt do not fit into the context; DataError for no text, no words or an empty one.
std::vector<double> rankClasses(const FrozenModel& model, const SoftPrompt& prompt, const std::vector<TokenId>& text, const Places& places,
                                const std::vector<std::vector<TokenId>>& words);

}  // namespace incipit
