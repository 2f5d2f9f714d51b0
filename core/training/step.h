// The arithmetic of one step: loss and gradient of prompts over the batches they read. Several prompts are several trees of one forest and
// go through the frozen model in one pass, each with the numbers it would have alone.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/training/batch.h"

#include <vector>

namespace incipit {

class FrozenModel;

struct PromptBatches {
  const SoftPrompt& prompt;
  const Examples& examples;
  // Which examples, a batch a pass, of one optimiser step: accumulated batches count as one large batch. Each is built when its pass
  // comes, so that a step takes no more memory however many there are.
  std::vector<std::vector<std::int64_t>> batches;
  bool checkpointing = false;  // keep less for the backward pass (Pass::checkpointing); set for one prompt, it holds for the whole pass
};

struct StepResult {
  double loss = 0;  // mean over the scored tokens, nats
  std::int64_t tokens = 0;
  std::vector<Matrix> gradients;  // of that mean, one a trained part of the prompt: [P, H], then the head's
};

// One result per prompt. Throws DataError when a prompt's batches have no scored token.
std::vector<StepResult> lossesAndGradients(const FrozenModel& model, const std::vector<PromptBatches>& reading);

}  // namespace incipit
