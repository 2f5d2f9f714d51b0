// What a model reads first, whether it is to go on with a text or to sort it: prompt and text as rows, checked.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <ATen/core/Tensor.h>
#include <span>

namespace incipit {

// Embedding rows of ids [N, H].
at::Tensor embedded(const FrozenModel& model, std::span<const TokenId> ids);
// Prompt rows above the text's, or in their places among them [P + N, H]. Throws ModelError when they do not fit the model or its context,
// DataError for ids outside the vocabulary or when there is neither prompt nor text, PlanError for places of more or fewer rows than the
// prompt's.
at::Tensor firstRows(const FrozenModel& model, const SoftPrompt& prompt, std::span<const TokenId> text, const Places& places = {});

}  // namespace incipit
