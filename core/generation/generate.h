// Text from a model, with or without a soft prompt in front or among the text: a key/value cache, token by token, to a callback.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace incipit {

class FrozenModel;

struct Sampling {
  double temperature = 0;  // 0: greedy, always the likeliest token
  double topP = 1;         // smallest set of tokens whose probability reaches this
  std::int64_t topK = 0;   // 0: all
  std::uint64_t seed = 0;
};

struct GenerationOptions {
  std::int64_t maxNewTokens = 64;
  Sampling sampling;
  bool stopAtEndOfText = true;
  Places places;  // of the prompt among the text; none: in front
};

// Called with every new token as soon as it is chosen; return false to stop.
using TokenListener = std::function<bool(TokenId id, double probability)>;

// Returns the new tokens only. `prompt` may be empty (the bare model). Stops at a token that ends texts (generation_config.json; not
// returned), at maxNewTokens, when the context is full, when the listener returns false, or at a stop request. Where rotary positions
// depend on the length of the text (LongRoPE, dynamic NTK), every token is the one that a pass over the whole text without a cache would
// give: when an answer crosses the border, all of it is read again (with dynamic NTK, for every token from there on). Throws ModelError
// when prompt and text do not fit the context, DataError for ids outside the vocabulary or no text and no prompt.
std::vector<TokenId> generate(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text,
                              const GenerationOptions& options, const TokenListener& listener = {}, std::stop_token stop = {});

}  // namespace incipit
