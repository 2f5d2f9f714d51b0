// Chooses the next token from logits: greedy, or by temperature, top-k and top-p.
#pragma once

#include "core/generation/generate.h"
#include "core/support/random.h"

#include <span>

namespace incipit {

struct Choice {
  TokenId token;
  double probability;  // under the distribution it was drawn from; under the plain softmax when greedy
};

class Sampler {
 public:
  // Throws PlanError for a negative temperature, top-p outside (0, 1] or a negative top-k.
  explicit Sampler(const Sampling& sampling);
  Choice choose(std::span<const float> logits);

 private:
  Sampling m_sampling;
  Random m_random;
};

}  // namespace incipit
