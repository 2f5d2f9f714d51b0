#include "core/dataset/examples.h"
#include "core/support/error.h"
#include "core/support/json.h"
#include "core/support/random.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {

struct BatchOrder::State {
  std::int64_t examples;
  std::int64_t batchSize;
  bool shuffle;
  std::int64_t position = 0;  // examples handed out: in this epoch when shuffling, round the data otherwise
  std::vector<std::int64_t> permutation;
  std::string beforeEpoch;  // random state from which this epoch's permutation was drawn
  std::int64_t markedPosition = 0;
  std::string markedBeforeEpoch;
  Random random;

  void beginEpoch() {
    beforeEpoch = random.state();
    permutation = random.permutation(examples);
    position = 0;
  }
};

BatchOrder::BatchOrder(std::int64_t examples, std::int64_t batchSize, bool shuffle, std::uint64_t seed)
    : m_state(std::make_shared<State>(State{examples, batchSize, shuffle, 0, {}, {}, 0, {}, Random(seed)})) {
  if (examples <= 0) throw DataError("There are no examples to make batches of.", "Add rows to the data file.");
  if (batchSize <= 0) throw PlanError("A batch of " + std::to_string(batchSize) + " examples is none.", "Set the batch size to 1 or more.");
  if (shuffle) m_state->beginEpoch();
}

std::vector<std::int64_t> BatchOrder::next() {
  State& s = *m_state;
  std::vector<std::int64_t> batch;
  if (s.shuffle) {
    if (s.position == s.examples) s.beginEpoch();
    const std::int64_t end = std::min(s.position + s.batchSize, s.examples);
    batch.assign(s.permutation.begin() + s.position, s.permutation.begin() + end);
    s.position = end;
  } else {
    for (std::int64_t i = 0; i < s.batchSize; ++i)
      batch.push_back((s.position + i) % s.examples);
    s.position = (s.position + s.batchSize) % s.examples;
  }
  return batch;
}

std::string BatchOrder::textOf(std::int64_t position, const std::string& beforeEpoch) const {
  const State& s = *m_state;
  return Json{
      {"examples", s.examples}, {"batch_size", s.batchSize}, {"shuffle", s.shuffle}, {"position", position}, {"random", beforeEpoch}}
      .dump();
}

std::string BatchOrder::state() const { return textOf(m_state->position, m_state->beforeEpoch); }
std::string BatchOrder::markedState() const { return textOf(m_state->markedPosition, m_state->markedBeforeEpoch); }

void BatchOrder::mark() {
  m_state->markedPosition = m_state->position;
  m_state->markedBeforeEpoch = m_state->beforeEpoch;
}

void BatchOrder::restore(const std::string& state) {
  const Json json = jsonOrNothing(state);
  const auto bad = [](const std::string& why) {
    return FormatError("The place in the data that was saved cannot be gone back to: " + why + ".", "Start the run again.");
  };
  State restored = *m_state;
  try {
    if (json.at("examples") != restored.examples)
      throw bad("it was saved for " + json.at("examples").dump() + " examples, but there are " + std::to_string(restored.examples));
    if (json.at("batch_size") != restored.batchSize || json.at("shuffle") != restored.shuffle)
      throw bad("the batch size or the shuffling has changed");
    if (restored.shuffle) {
      restored.random.restore(json.at("random").get<std::string>());
      restored.beginEpoch();
    }
    if (!json.at("position").is_number_integer()) throw bad("it is not such a state");
    restored.position = json.at("position").get<std::int64_t>();
  } catch (const nlohmann::json::exception&) {
    throw bad("it is not such a state");
  }
  if (restored.position < 0 || restored.position > restored.examples) throw bad("it is not such a state");
  *m_state = std::move(restored);
}

std::int64_t BatchOrder::batchesPerEpoch() const { return (m_state->examples + m_state->batchSize - 1) / m_state->batchSize; }

}  // namespace incipit
