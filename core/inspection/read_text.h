// A text that is looked at with a prompt in it, and the one pass that several views look into.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

class FrozenModel;
class PassObserver;

struct ReadText {
  std::vector<TokenId> ids;
  Places places{};                // of the prompt among them; none: in front
  std::vector<TokenId> answer{};  // encoder-decoder models: what the decoder is to say (-100: padding); see answered()
};

// The text with an answer, where the model reads one and the text has none: what the model itself says to it, greedily, at most `most`
// tokens, with the token that ends it.
ReadText answered(const FrozenModel& model, const SoftPrompt& prompt, ReadText text, std::int64_t most = 20);

// Row by row what the model reads of the text: token i, or the prompt's row k as -1 - k [P + N].
std::vector<std::int64_t> rowsRead(const SoftPrompt& prompt, const ReadText& text);

// One pass over the text: states after the final norm [P + N, H]; of an encoder-decoder model the decoder's, a row a token of the answer,
// each read one step behind. The observers look into the pass over the text and into the answer's; for other models only the first is
// asked. Throws what firstRows throws (core/generation/reading.h).
at::Tensor statesOf(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& text, PassObserver* ofText = nullptr,
                    PassObserver* ofAnswer = nullptr);

}  // namespace incipit
