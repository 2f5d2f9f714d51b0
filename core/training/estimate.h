// What a run will take, before it starts: what is trained, how large the file becomes, how much memory, how much work.
#pragma once

#include "core/training/validation.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace incipit {

class FrozenModel;

// Bytes of the process's own on the processor, beyond the open model, at the peak of a step of a large batch: three deviations above the
// mean in tokens. Compared with real trainings in core/README.md. On a GPU most of it lies there.
struct MemoryNeed {
  double packed = 0;       // weights in the layout of the products, once a direction; made only as far as there is room, gone at the end
  double activations = 0;  // what the way back needs of each row, the loss's logits, and what passes by
  double learned = 0;      // what is trained, its gradients, what the optimiser remembers of it
  double all() const { return packed + activations + learned; }
};

struct RunEstimate {
  std::int64_t trained = 0;  // numbers: rows, head, network
  std::int64_t saved = 0;    // of these, numbers that the adapter holds
  double fileBytes = 0;      // of the adapter's safetensors
  MemoryNeed memory;
  ValidationCost cost;    // the work: of all steps, and of all validations
  double workOfStep = 0;  // in the same tokens
  std::int64_t steps = 0;
};

// `plan` has decided how often it validates (settleValidation); `validation` may be null.
RunEstimate estimateRun(const TrainingPlan& plan, const FrozenModel& model, const Examples& training, const Examples* validation);

// Numbers that a network for the rows trains, what enters it included (row_networks/); 0 without one.
std::int64_t networkNumbers(const TrainingPlan& plan, std::int64_t width);

// Why memory will not do, with the setting that will.
struct MemoryProblem {
  std::string sentence, remedy;
  std::string knob;  // the setting's key; empty: none helps
};
// `left` bytes are free, of `inAll` (memoryLeft, memoryInAll). Only what a step cannot do without counts: weights are packed as far as
// there is room. nullopt where it will do, and on a GPU, of which nothing is known here.
std::optional<MemoryProblem> memoryProblem(const TrainingPlan& plan, const FrozenModel& model, const Examples& training, std::size_t left,
                                           std::size_t inAll);

}  // namespace incipit
