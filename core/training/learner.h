// What a step changes: the prompt's rows, or the network that yields them, and a head. From their gradients to their next values.
#pragma once

#include "core/training/optimizers/optimizer.h"
#include "core/training/row_networks/row_network.h"
#include "core/training/train.h"

#include <vector>

namespace incipit {

class Learner {
 public:
  // A run that begins has its network made here, and its prompt becomes what the network yields. Throws TrainingError for a state whose
  // network or moments are of another plan.
  Learner(const TrainingPlan& plan, TrainingState& state, bool resumed);

  // From the gradients of the prompt's parts (rows, then the head's) to those of the trained parts.
  std::vector<Matrix> gradients(std::vector<Matrix> ofPrompt) const;
  // One update at this learning rate of the schedule, by these gradients.
  void step(const std::vector<Matrix>& gradients, double learningRate);

  // What a checkpoint needs, written into the state.
  void save() const;

 private:
  const TrainingPlan& m_plan;
  TrainingState& m_state;
  RowNetworkPointer m_network;
  PromptOptimizer m_optimizer;
};

// Numbers that a run trains.
std::int64_t trainedNumbers(const TrainingState& state);

}  // namespace incipit
