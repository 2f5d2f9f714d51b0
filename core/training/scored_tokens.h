// One example, token by token: what the model, with a prompt in front, expected where something is learned.
#pragma once

#include "core/dataset/examples.h"
#include "core/prompt/soft_prompt.h"

#include <cstdint>
#include <vector>

namespace incipit {

class FrozenModel;

struct ScoredToken {
  std::size_t place = 0;  // in Example::labels
  TokenId token = 0;      // that stands there
  double logP = 0;        // of it, nats
  std::int64_t rank = 1;  // 1: the model expected it most
  TokenId likeliest = 0;  // what it expected most
  double likeliestLogP = 0;
};

// The scored tokens of an example, in order; none for a model that classifies. Without a prompt (an empty one) the first token of a text
// is predicted by nothing and is left out.
std::vector<ScoredToken> scoredTokens(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t example);

}  // namespace incipit
