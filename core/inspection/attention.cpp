#include "core/inspection/attention.h"

#include "core/model/frozen_model.h"
#include "core/model/layers/layers.h"
#include "core/model/pass_observer.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <algorithm>
#include <limits>
#include <numeric>

namespace incipit {
namespace {

constexpr double mostBytes = 2e9;

at::Tensor numbers(const std::vector<std::int64_t>& values) {
  at::Tensor tensor = at::arange(static_cast<std::int64_t>(values.size()), at::kLong);
  std::copy(values.begin(), values.end(), tensor.data_ptr<std::int64_t>());
  return tensor;
}

// [rows, heads * d] -> [n, rows, d] in double precision, each key/value head repeated for the query heads it serves.
at::Tensor perHead(const at::Tensor& x, std::int64_t heads, const AttentionHeads& shape) {
  const at::Tensor each = x.view({x.size(0), heads, shape.size}).transpose(0, 1);  // [heads, rows, d]
  return heads == shape.heads ? each : each.repeat_interleave(shape.heads / heads, 0);
}

// What is added to the scores of a run [1 or n, C, T]: the model's bias, and minus infinity where a key is out of sight.
at::Tensor addedTo(const QueryRun& run, std::int64_t keys, const AttentionHeads& heads) {
  const at::Tensor visible = numbers(run.visible).unsqueeze(1);    // [C, 1]
  const at::Tensor position = numbers(run.position).unsqueeze(1);  // [C, 1]
  const at::Tensor key = at::arange(keys, at::kLong);              // [T]
  at::Tensor hidden = key >= visible;                              // [C, T]
  if (heads.window > 0) hidden = hidden.logical_or(key < visible - heads.window);
  at::Tensor bias = hidden.to(at::kDouble).zero_().unsqueeze(0);
  if (heads.distanceBias.defined()) {
    const at::Tensor table = heads.distanceBias.to(at::kCPU, at::kDouble);
    const at::Tensor way = (key - position + table.size(1) / 2).clamp(0, table.size(1) - 1);
    bias = table.index_select(1, way.flatten()).view({heads.heads, position.size(0), keys});
  } else if (heads.keyBias.defined()) {
    bias = heads.keyBias.to(at::kCPU, at::kDouble).narrow(1, 0, keys).unsqueeze(1);  // [n, 1, T]
  }
  return bias.masked_fill(hidden.unsqueeze(0), -std::numeric_limits<double>::infinity());
}

// Computes the attention that the kernels do not keep. Of a pass over one text, whose rows are one run of queries.
class Onlooker : public PassObserver {
 public:
  Onlooker(std::vector<BlockAttention>& own, std::vector<BlockAttention>* across, double blocks, Watch watch)
      : m_own(own), m_across(across), m_blocks(blocks), m_watch(std::move(watch)) {}

  void state(std::int64_t block, const at::Tensor&) override { m_watch.at(static_cast<double>(block) / m_blocks); }

  void attention(std::int64_t block, bool across, const at::Tensor& queries, const at::Tensor& keys, const AttentionPlan& plan,
                 const AttentionHeads& heads) override {
    const QueryRun& run = plan.runs.front();
    const at::Tensor q = perHead(queries.detach().to(at::kCPU, at::kDouble).contiguous(), heads.heads, heads);
    std::vector<at::Tensor> seen;
    const at::Tensor all = keys.detach().to(at::kCPU, at::kDouble).contiguous();
    for (const RowRange& range : run.keys)
      seen.push_back(all.narrow(0, range.begin, range.length));
    const at::Tensor k = perHead(at::cat(seen), heads.keyValueHeads, heads);
    at::Tensor scores = at::matmul(q, k.transpose(1, 2)) * heads.scale;  // [n, C, T]
    if (heads.softCap > 0) scores = at::tanh(scores / heads.softCap) * heads.softCap;
    const at::Tensor weights = at::softmax(scores + addedTo(run, k.size(1), heads), -1).to(at::kFloat).contiguous();
    BlockAttention map{block, weights.size(0), weights.size(1), weights.size(2), {}};
    map.weights.assign(weights.data_ptr<float>(), weights.data_ptr<float>() + weights.numel());
    (across && m_across != nullptr ? *m_across : m_own).push_back(std::move(map));
  }

 private:
  std::vector<BlockAttention>& m_own;
  std::vector<BlockAttention>* m_across;
  double m_blocks;
  Watch m_watch;
};

void checkRoom(const FrozenModel& model, std::int64_t rows) {
  const ModelCard& card = model.card();
  const double bytes = 4.0 * static_cast<double>(card.layers * card.heads * rows) * static_cast<double>(rows);
  if (bytes > mostBytes)
    throw DataError("The attention of " + counted(rows, "row") + " to each other in " + counted(card.layers, "block") + " of " +
                        counted(card.heads, "head") + " would fill " + std::to_string(static_cast<int>(bytes / 1e9)) + " GB.",
                    "Use a shorter text.");
}

}  // namespace

AttentionMaps attentionMaps(const FrozenModel& model, const SoftPrompt& prompt, const ReadText& asGiven, const Watch& watch) {
  AttentionMaps maps;
  maps.rows = rowsRead(prompt, asGiven);
  checkRoom(model, static_cast<std::int64_t>(maps.rows.size()));
  const ReadText text = answered(model, prompt, asGiven);
  const bool answers = model.card().encoderDecoder;
  const auto blocks = static_cast<double>(model.card().layers);
  Onlooker ofText(maps.text, nullptr, blocks, watch.part(0, answers ? 0.5 : 1)),
      ofAnswer(maps.answer, &maps.across, blocks, watch.part(0.5, 1));
  statesOf(model, prompt, text, &ofText, &ofAnswer);
  return maps;
}

std::vector<BlockLoudness> loudness(const AttentionMaps& maps) {
  std::vector<BlockLoudness> blocks;
  const auto virtualRows = std::ranges::count_if(maps.rows, [](std::int64_t row) { return row < 0; });
  const auto texts = static_cast<double>(std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(maps.rows.size()) - virtualRows));
  for (const BlockAttention& map : maps.text) {
    BlockLoudness loud;
    loud.block = map.block;
    loud.byHead.resize(static_cast<std::size_t>(map.heads));
    loud.byRow.resize(static_cast<std::size_t>(virtualRows));
    for (std::int64_t query = 0; query < map.queries; ++query) {
      if (maps.rows[static_cast<std::size_t>(query)] < 0) continue;
      std::int64_t seen = 0, seenVirtual = 0;
      for (std::int64_t key = 0; key < map.keys; ++key) {
        const std::int64_t row = maps.rows[static_cast<std::size_t>(key)];
        double most = 0;
        for (std::int64_t head = 0; head < map.heads; ++head) {
          const double weight = map.at(head, query, key);
          most = std::max(most, weight);
          if (row >= 0) continue;
          loud.byHead[static_cast<std::size_t>(head)] += weight / texts;
          loud.byRow[static_cast<std::size_t>(-1 - row)] += weight / texts / static_cast<double>(map.heads);
        }
        if (most == 0) continue;  // out of sight
        ++seen;
        seenVirtual += row < 0 ? 1 : 0;
      }
      if (seen > 0) loud.even += static_cast<double>(seenVirtual) / static_cast<double>(seen) / texts;
    }
    loud.mean = std::accumulate(loud.byHead.begin(), loud.byHead.end(), 0.0) / static_cast<double>(std::max<std::int64_t>(1, map.heads));
    blocks.push_back(std::move(loud));
  }
  return blocks;
}

AttentionSink sinkOf(const AttentionMaps& maps) {
  std::vector<double> taken(maps.rows.size());
  double all = 0;
  for (const BlockAttention& map : maps.text)
    for (std::int64_t head = 0; head < map.heads; ++head)
      for (std::int64_t query = 0; query < map.queries; ++query) {
        if (maps.rows[static_cast<std::size_t>(query)] < 0) continue;
        all += 1;
        for (std::int64_t key = 0; key < map.keys; ++key)
          taken[static_cast<std::size_t>(key)] += map.at(head, query, key);
      }
  if (all == 0) return {};
  const auto most = std::ranges::max_element(taken);
  return {most - taken.begin(), *most / all};
}

}  // namespace incipit
