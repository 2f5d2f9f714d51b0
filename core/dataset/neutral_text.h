// The forgetting meter's text: ordinary prose in pieces, every token of which is scored but the first of a piece, so that what a model
// makes of it with a prompt in front and without is the same question.
#pragma once

#include "core/dataset/examples.h"

#include <string_view>

namespace incipit {

inline constexpr std::int64_t neutralPiece = 128, mostNeutralPieces = 32;  // tokens; the rest of a longer text is left out

// `room`: tokens that the context leaves. Throws DataError for a text of fewer than two tokens.
Examples neutralExamples(std::string_view text, const Tokenizer& tokenizer, std::int64_t room);

}  // namespace incipit
