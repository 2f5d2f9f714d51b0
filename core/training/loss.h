// The loss over the vocabulary, in chunks: the [S, V] table of logits never exists whole.
#pragma once

#include "core/training/batch.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <vector>

namespace incipit {

class FrozenModel;

// Both stay on the hidden states' device: the host waits for a device only where it reads one of them.
struct LossAndGradient {
  at::Tensor sum;       // [] fp64: of -log p(target) over the scored rows, nats
  at::Tensor gradient;  // d(sum * weight) / d hidden [S, H]; undefined unless asked for
};

// hidden [S, H], a target a row. `weight` multiplies the gradient (1 / scored tokens for a mean).
LossAndGradient crossEntropy(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets, double weight,
                             bool withGradient);

// The logits [B, L] of the classes that a head chooses among, from the states [S, H] of the rows it reads. Differentiable.
at::Tensor logitsOfTexts(const FrozenModel& model, Pooling pooling, const std::vector<at::Tensor>& parts, const TrainingBatch& batch,
                         const at::Tensor& hidden);
// The loss over them. `parts` of the head (tensorsOf) that ask for a gradient get it added.
LossAndGradient classCrossEntropy(const FrozenModel& model, Pooling pooling, const std::vector<at::Tensor>& parts,
                                  const TrainingBatch& batch, const at::Tensor& hidden, double weight, bool withGradient);

// log p(target) of every scored row.
std::vector<double> logProbabilities(const FrozenModel& model, const at::Tensor& hidden, const std::vector<std::int64_t>& targets);

}  // namespace incipit
