// What the model would say if it stopped after a block: the final norm and the head on each block's state (nostalgebraist 2020, "logit
// lens"). Behind the last block this is the model's own answer, exactly. Earlier ones are a reading that no model was trained for: where
// they are unlike any word, that shows nothing (Belrose et al. 2023).
#pragma once

#include "core/inspection/read_text.h"
#include "core/support/watch.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace incipit {

struct LensBlock {
  std::int64_t block = 0;  // 0: what enters the first block; the number of blocks: the model's own answer
  // A row for every row of the text [P + N, V]: what would come next. Of an encoder-decoder model a row for every token of the answer; of
  // one that classifies one row, the scores of its classes.
  Matrix logits;
};

enum class LensSide {
  Answer,  // where the model itself speaks
  Text,    // encoder-decoder models: the encoder's states through its norm and the same head, a convention for reading the prompt's rows
};

// Block by block to `visit`, so that only one table of logits exists at a time. Throws GivenUp between two blocks at a stop request.
void logitLens(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text, const std::function<void(LensBlock&&)>& visit,
               LensSide side = LensSide::Answer, const Watch& watch = {});

struct Guess {
  std::int64_t id = 0;  // token, or class
  float logit = 0;
  double probability = 0;
};
std::vector<Guess> bestOf(std::span<const float> logits, std::size_t count = 5);  // best first

}  // namespace incipit
