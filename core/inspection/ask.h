// Asking a prompt what it means: it stands inside a sentence, and the model itself goes on (contextualised soft prompts, Maher 2026;
// SelfIE, Chen et al. 2024). A prompt trained in front of a text was never trained to be talked about: what comes out may be nothing, and
// models of less than some billions of parameters mostly say gibberish. So the same sentences go to a random prompt and to the start beside
// it.
#pragma once

#include "core/dataset/asked_text.h"
#include "core/prompt/soft_prompt.h"

#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

// Sentences with {virtual_tokens} where the prompt stands: repeating, defining, obeying, negating.
const std::vector<std::string>& askingFrames();

// As many rows of the same lengths, in random directions.
SoftPrompt randomLike(const SoftPrompt& prompt, std::uint64_t seed);

// What the model goes on with, greedily, at most `most` tokens. Throws what generate throws.
std::string said(const FrozenModel& model, const Tokenizer& tokenizer, const SoftPrompt& prompt, const AskedText& frame, std::int64_t most,
                 std::stop_token stop = {});

// The share of the words that a text has, whatever their case, as words of their own (InSPEcT's class rate, Ramati et al. 2025).
double classRate(const std::string& text, const std::vector<std::string>& words);

// What to expect of a model of this size, in a sentence.
std::string askingWarning(const FrozenModel& model);

}  // namespace incipit
