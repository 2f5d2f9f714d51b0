#include "core/inspection/lens.h"

#include "core/model/frozen_model.h"
#include "core/model/pass_observer.h"
#include "core/support/error.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace incipit {
namespace {

class States : public PassObserver {
 public:
  explicit States(const Watch& watch) : m_watch(watch) {}
  void state(std::int64_t block, const at::Tensor& rows) override {
    m_watch.at(0);
    m_states[block] = rows.detach().clone();
  }
  std::map<std::int64_t, at::Tensor>& all() { return m_states; }

 private:
  const Watch& m_watch;
  std::map<std::int64_t, at::Tensor> m_states;
};

Matrix matrixOf(const at::Tensor& logits) {
  const at::Tensor plain = logits.to(at::kCPU, at::kFloat).contiguous();
  Matrix matrix(plain.size(0), plain.size(1));
  std::copy_n(plain.data_ptr<float>(), matrix.values.size(), matrix.values.begin());
  return matrix;
}

// From the states of all rows, as the last block leaves them, to the scores of the classes [1, L].
class Head {
 public:
  Head(const FrozenModel& model, const SoftPrompt& prompt, const std::vector<std::int64_t>& sequence)
      : m_model(model), m_pooling(prompt.origin.pooling), m_parts(tensorsOf(headFor(prompt, model), model.device())) {
    Forest forest;
    forest.add(-1, static_cast<std::int64_t>(sequence.size()));
    const std::int64_t inFront = std::ranges::find_if(sequence, [](std::int64_t row) { return row >= 0; }) - sequence.begin();
    const PooledRows read = pooledRows(model.card(), m_pooling, forest.segments().front(), inFront);
    for (std::int64_t row = read.first; row < read.first + read.count; ++row)
      if (m_pooling != Pooling::Mean || sequence[static_cast<std::size_t>(row)] >= 0) m_read.push_back(row);
  }
  at::Tensor operator()(const at::Tensor& states) const {
    const at::Tensor read = states.index_select(0, at::tensor(m_read, at::kLong).to(states.device()));
    const at::Tensor one = pooledStates(m_model, m_pooling, read, {static_cast<std::int64_t>(m_read.size())});
    return classLogits(m_model.card().head, m_parts, one);
  }

 private:
  const FrozenModel& m_model;
  Pooling m_pooling;
  std::vector<at::Tensor> m_parts;
  std::vector<std::int64_t> m_read;
};

}  // namespace

void logitLens(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& asGiven, const std::function<void(LensBlock&&)>& visit,
               LensSide side, const Watch& watch) {
  const at::NoGradGuard noGrad;
  const ModelCard& card = model.card();
  const bool ofText = side == LensSide::Text && card.encoderDecoder;
  States first(watch), second(watch);
  const at::Tensor own = statesOf(model, prompt, answered(model, prompt, asGiven), &first, &second);  // behind the final norm
  auto& states = card.encoderDecoder && !ofText ? second.all() : first.all();
  const std::int64_t blocks = static_cast<std::int64_t>(states.size()) - 1;
  std::optional<Head> head;
  if (card.head != HeadKind::None) head.emplace(model, prompt, rowsRead(prompt, asGiven));
  for (auto& [block, state] : states) {
    watch.at(static_cast<double>(block) / static_cast<double>(blocks + 1));
    const at::Tensor done = ofText ? model.finishedText(state) : block == blocks ? own : model.finished(state);
    const at::Tensor logits = head ? (*head)(done) : model.logits(done);
    state.reset();
    visit({block, matrixOf(logits)});
  }
  model.checkWhole();
}

std::vector<Guess> bestOf(std::span<const float> logits, std::size_t count) {
  std::vector<std::int64_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  count = std::min(count, order.size());
  const auto at = [&](std::int64_t id) { return logits[static_cast<std::size_t>(id)]; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::int64_t a, std::int64_t b) { return at(a) == at(b) ? a < b : at(a) > at(b); });
  std::vector<Guess> best;
  if (count == 0) return best;
  double sum = 0;
  for (const float logit : logits)
    sum += std::exp(static_cast<double>(logit) - at(order.front()));
  for (std::size_t i = 0; i < count; ++i)
    best.push_back({order[i], at(order[i]), std::exp(static_cast<double>(at(order[i])) - at(order.front())) / sum});
  return best;
}

}  // namespace incipit
