// Between the prompt as a value and the rows that a pass through the model reads.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/training/batch.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <vector>

namespace incipit {

// [P, H] fp32 on the model's device, in the prompt's own convention (row_scale.h); undefined for an empty prompt.
at::Tensor tensorOf(const SoftPrompt& prompt, const FrozenModel& model);
// The rows of `prompt` as they enter the model: as they are, but for unscaled ones, which get the model's factor in the precision of
// computation. Differentiable.
at::Tensor entering(const at::Tensor& rows, const SoftPrompt& prompt, const FrozenModel& model);

// Prompt rows (if any) above the embedded ids: [P + N, H] in the precision of computation. Gradients flow into the fp32 prompt through
// the cast, as in PEFT.
at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const std::vector<std::int64_t>& ids);
// The rows of a model's own forest: one prompt in front of all, or, of an encoder alone, a copy in front of each text, or where the batch
// has the prompt stand.
at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch);
// For an encoder: each root of `texts` is a copy of the prompt and its share of the ids. The gradients of the copies add up in fp32.
at::Tensor rowsOf(const FrozenModel& model, const at::Tensor& prompt, const Forest& texts, const std::vector<std::int64_t>& ids);
// Those of an encoder-decoder's texts, with the prompt where the batch has it stand.
at::Tensor textRowsOf(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch);
// Which rows of a model's own forest are the prompt's.
RowRanges rowsOfPrompt(const TrainingBatch& batch, std::int64_t promptRows);

// Hidden states of the scored rows [S, H], whichever kind of model it is: what evaluation reads.
at::Tensor scoredStates(const FrozenModel& model, const at::Tensor& prompt, const TrainingBatch& batch,
                        const std::vector<std::int64_t>& scored);

}  // namespace incipit
