#include "core/training/learner.h"

#include "core/support/error.h"

namespace incipit {
namespace {

// The network's numbers are drawn apart from the start's, so that the same seed starts the same rows with and without it.
constexpr std::uint64_t networkStream = 0x6e6574776f726bULL;

std::vector<Matrix*> partsOf(TrainingState& state) {
  std::vector<Matrix*> parts;
  for (NetworkPart& part : state.network)
    parts.push_back(&part.values);
  if (state.network.empty()) parts.push_back(&state.prompt.rows);
  for (HeadPart& part : state.prompt.head)
    parts.push_back(&part.values);
  return parts;
}

RowNetworkPointer networkOf(const TrainingPlan& plan, TrainingState& state, bool resumed) {
  RowNetworkPointer network = makeRowNetwork(plan, state.prompt.width());
  if (resumed) {
    if (static_cast<bool>(network) == state.network.empty())
      throw TrainingError("The checkpoint was trained with another reparametrization than the plan's.", "Start the run anew.");
    return network;
  }
  state.network.clear();
  if (!network) return network;
  Random random(plan.seed ^ networkStream);
  state.network = network->fresh(state.prompt.rows, random);
  state.prompt.rows = network->rowsOf(state.network);
  state.start.rows = state.best.rows = state.prompt.rows;
  return network;
}

std::vector<const Matrix*> readOnly(const std::vector<Matrix*>& parts) { return {parts.begin(), parts.end()}; }

}  // namespace

Learner::Learner(const TrainingPlan& plan, TrainingState& state, bool resumed)
    : m_plan(plan), m_state(state), m_network(networkOf(plan, state, resumed)), m_optimizer(plan, readOnly(partsOf(state))) {
  if (resumed) m_optimizer.restore(state.optimizerMoments, state.optimizerStep);
}

std::vector<Matrix> Learner::gradients(std::vector<Matrix> ofPrompt) const {
  if (!m_network) return ofPrompt;
  std::vector<Matrix> all = m_network->gradients(m_state.network, ofPrompt.front());
  for (std::size_t i = 1; i < ofPrompt.size(); ++i)
    all.push_back(std::move(ofPrompt[i]));
  return all;
}

void Learner::step(const std::vector<Matrix>& gradients, double learningRate) {
  const double along = learningRate / m_plan.learningRate;  // how far the schedule has come down
  const auto own = [&](double rate, double otherwise) {
    const double top = rate > 0 ? rate : otherwise;
    return top == m_plan.learningRate ? learningRate : along * top;  // to the last bit
  };
  std::vector<double> rates;
  for (const NetworkPart& part : m_state.network)
    rates.push_back(part.rows ? learningRate : own(m_plan.reparametrizationLearningRate, usualNetworkRate(m_plan.reparametrization)));
  if (m_state.network.empty()) rates.push_back(learningRate);
  rates.resize(rates.size() + m_state.prompt.head.size(), own(m_plan.headLearningRate, usualHeadRate(m_plan)));
  m_optimizer.step(partsOf(m_state), gradients, rates);
  if (m_network) m_state.prompt.rows = m_network->rowsOf(m_state.network);
}

void Learner::save() const {
  m_state.optimizerMoments = m_optimizer.moments();
  m_state.optimizerStep = m_optimizer.steps();
}

std::int64_t trainedNumbers(const TrainingState& state) {
  std::int64_t numbers = state.network.empty() ? static_cast<std::int64_t>(state.prompt.rows.values.size()) : 0;
  for (const NetworkPart& part : state.network)
    numbers += static_cast<std::int64_t>(part.values.values.size());
  for (const HeadPart& part : state.prompt.head)
    numbers += static_cast<std::int64_t>(part.values.values.size());
  return numbers;
}

}  // namespace incipit
