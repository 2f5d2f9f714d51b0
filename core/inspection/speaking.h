// Where the prompt speaks: how likely each token of a text is with the prompt and without, given what precedes it.
#pragma once

#include "core/inspection/read_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct TokenSpoken {
  TokenId token = 0;
  // ln p; nothing where no row precedes it (the first token without a prompt). Of an encoder-decoder model the tokens are the answer's.
  std::optional<double> with, without;
};

// One pass with the prompt and one without, of models that write text. An encoder-decoder model without an answer gives its own, with the
// prompt, to both.
std::vector<TokenSpoken> tokensSpoken(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text);

struct ClassSpoken {
  std::string label;
  double with = 0;             // ln p
  double without = 0;          // without the virtual tokens, but with the prompt's own head
  std::optional<double> bare;  // of the model with its own head, where it has one
};
// The same of models that classify.
std::vector<ClassSpoken> classesSpoken(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text);

}  // namespace incipit
