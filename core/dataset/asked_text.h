// A text that somebody asks a model, with or without a prompt, as the tokens that it reads: in its chat, the prompt in its places.
#pragma once

#include "core/dataset/placement.h"

#include <string>
#include <vector>

namespace incipit {

class ChatFormat;

struct AskedText {
  std::vector<TokenId> ids;
  Places places;            // none: the prompt stands in front
  bool inTemplate = false;  // the text was put into the prompt's template, since it was not put like it
};

// `system`: what `chat` was made with, as it was typed; without a chat nothing. `placedTemplate`: the template of a prompt that was trained
// among its text, empty for all others. A text says itself where the virtual tokens stand ("{virtual_tokens}"); one that does not has them
// where the template has them: it reads like what the template makes, or it is taken for the value of its one column. Throws DataError
// where it can be neither.
AskedText askedText(const std::string& text, const ChatFormat* chat, const std::string& system, const Tokenizer& tokenizer,
                    const std::string& placedTemplate = {});

}  // namespace incipit
