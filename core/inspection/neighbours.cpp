#include "core/inspection/neighbours.h"

#include "core/inspection/vocabulary_index.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/support/mapped_file.h"
#include "core/support/random.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

namespace incipit {
namespace {

constexpr std::int64_t blockBytes = 4 << 20;  // of fp32 embedding rows at a time and thread: stays in the cache between its readers

constexpr std::array metricNames{
    std::pair{Metric::Cosine, std::string_view("cosine")},
    std::pair{Metric::Euclidean, std::string_view("euclidean")},
    std::pair{Metric::Dot, std::string_view("dot")},
};

// Calls visit(thread's own state, first token, rows [B, H] fp32) for block after block of the vocabulary, its rows as they enter the model,
// blocks shared out to all threads; gives back the states. Pages of a mapped vocabulary are not kept.
template <class State, class Visit>
std::vector<State> throughVocabulary(const FrozenModel& model, const State& start, std::stop_token stop, Visit visit) {
  const at::NoGradGuard noGrad;
  const at::Tensor embedding = model.inputEmbedding().detach().to(at::kCPU);  // [V, H]
  const std::int64_t tokens = embedding.size(0), block = std::max<std::int64_t>(64, blockBytes / 4 / embedding.size(1));
  std::vector<State> states(static_cast<std::size_t>(at::get_num_threads()), start);
  std::atomic<std::int64_t> next = 0;
  at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t from, std::int64_t to) {
    const at::NoGradGuard noGradHere;
    for (std::int64_t thread = from; thread < to; ++thread)
      for (std::int64_t first = next.fetch_add(block); first < tokens && !stop.stop_requested(); first = next.fetch_add(block)) {
        const at::Tensor stored = embedding.narrow(0, first, std::min(block, tokens - first));
        visit(states[static_cast<std::size_t>(thread)], first, times(stored.to(at::kFloat), model.card().embeddingScale).contiguous());
        forgetMappedPages({static_cast<const std::byte*>(stored.data_ptr()), stored.nbytes()});
      }
  });
  return states;
}

float lengthOf(std::span<const float> row) {
  double squares = 0;
  for (const float value : row)
    squares += static_cast<double>(value) * value;
  return static_cast<float>(std::sqrt(squares));
}

// The k best so far of one row, best first; `better` decides, ties go to the smaller id.
class Best {
 public:
  Best(std::int64_t k, bool largeIsNear) : m_k(static_cast<std::size_t>(k)), m_largeIsNear(largeIsNear) {}

  void offer(TokenId token, float score) {
    const Neighbour offered{token, score};
    if (m_best.size() == m_k && !before(offered, m_best.back())) return;
    m_best.insert(std::find_if(m_best.begin(), m_best.end(), [&](const Neighbour& other) { return before(offered, other); }), offered);
    if (m_best.size() > m_k) m_best.pop_back();
  }
  void offer(const Best& other) {
    for (const Neighbour& neighbour : other.m_best)
      offer(neighbour.token, neighbour.score);
  }
  std::vector<Neighbour> take() { return std::move(m_best); }

 private:
  bool before(const Neighbour& a, const Neighbour& b) const {
    return a.score == b.score ? a.token < b.token : m_largeIsNear ? a.score > b.score : a.score < b.score;
  }
  std::size_t m_k;
  bool m_largeIsNear;
  std::vector<Neighbour> m_best;
};

float scoreOf(Metric metric, float dot, float rowNorm, float tokenNorm) {
  switch (metric) {
  case Metric::Cosine:
    return dot / std::max(rowNorm * tokenNorm, 1e-12f);
  case Metric::Euclidean:
    return std::sqrt(std::max(0.0f, rowNorm * rowNorm - 2 * dot + tokenNorm * tokenNorm));
  default:
    return dot;
  }
}

// Distances of the nearest tokens from the rows themselves: where two nearly coincide, squares minus products leave no digits.
void measureDistances(std::vector<Neighbour>& nearest, std::span<const float> row, const FrozenModel& model) {
  const at::NoGradGuard noGrad;
  for (Neighbour& neighbour : nearest) {
    const at::Tensor stored = model.inputEmbedding().select(0, neighbour.token).to(at::kCPU, at::kFloat);
    const at::Tensor token = times(stored, model.card().embeddingScale).contiguous();  // [H]
    double squares = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double difference = static_cast<double>(row[i]) - token.data_ptr<float>()[i];
      squares += difference * difference;
    }
    neighbour.score = static_cast<float>(std::sqrt(squares));
  }
  std::ranges::sort(nearest, {}, [](const Neighbour& neighbour) { return std::pair(neighbour.score, neighbour.token); });
}

}  // namespace

Metric metricFrom(std::string_view name) {
  for (const auto& [metric, known] : metricNames)
    if (known == name) return metric;
  throw PlanError("'" + std::string(name) + "' is not a metric.", "Use cosine, euclidean or dot.");
}

std::string_view nameOf(Metric metric) { return metricNames[static_cast<std::size_t>(metric)].second; }

std::shared_ptr<const VocabularyIndex> indexVocabulary(std::shared_ptr<const FrozenModel> model) {
  auto index = std::make_shared<VocabularyIndex>();
  index->norms.resize(static_cast<std::size_t>(model->inputEmbedding().size(0)));
  throughVocabulary(*model, 0, {}, [&](int, std::int64_t first, const at::Tensor& rows) {
    const float* values = rows.data_ptr<float>();
    for (std::int64_t i = 0; i < rows.size(0); ++i)
      index->norms[static_cast<std::size_t>(first + i)] = lengthOf({values + i * rows.size(1), static_cast<std::size_t>(rows.size(1))});
  });
  model->checkWhole();
  std::vector<float> sorted = index->norms;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](double share) { return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]; };
  index->band = {percentile(0.05), percentile(0.5), percentile(0.95)};
  index->model = std::move(model);
  return index;
}

NormBand normBand(const VocabularyIndex& vocabulary) { return vocabulary.band; }

Neighbourhood nearestTokens(const SoftPrompt& asStored, const VocabularyIndex& vocabulary, std::int64_t k, Metric metric,
                            std::stop_token stop, const std::vector<bool>& among) {
  const FrozenModel& model = *vocabulary.model;
  const SoftPrompt prompt = model.card().embeddingScale == 1 ? asStored : withRowScale(asStored, RowScale::Scaled);
  if (prompt.width() != model.card().hiddenSize)
    throw ModelError("The prompt's rows have " + std::to_string(prompt.width()) + " numbers, the vocabulary of '" + model.card().name +
                         "' has " + std::to_string(model.card().hiddenSize) + ".",
                     "Open the model the prompt was tuned for.");
  if (k < 1) throw PlanError("At least one neighbour is to be shown.", "Use 5.");
  Neighbourhood result{metric, {}, vocabulary.band};
  std::vector<Best> best(static_cast<std::size_t>(prompt.length()),
                         Best(std::min<std::int64_t>(k, model.card().vocabularySize), metric != Metric::Euclidean));
  for (std::int64_t row = 0; row < prompt.length(); ++row)
    result.rows.push_back({row, lengthOf(prompt.rows.row(row)), {}});

  auto* values = const_cast<float*>(prompt.rows.values.data());
  const at::Tensor wanted = at::from_blob(values, {prompt.length(), prompt.width()});  // [P, H]
  const auto found = throughVocabulary(model, best, stop, [&](std::vector<Best>& mine, std::int64_t first, const at::Tensor& rows) {
    const at::Tensor dots = at::mm(wanted, rows.t()).contiguous();  // [P, B]
    const float* dot = dots.data_ptr<float>();
    for (std::int64_t row = 0; row < prompt.length(); ++row)
      for (std::int64_t i = 0; i < rows.size(0); ++i, ++dot) {
        const auto token = static_cast<std::size_t>(first + i);
        if (!among.empty() && !among[token]) continue;
        mine[static_cast<std::size_t>(row)].offer(
            static_cast<TokenId>(token), scoreOf(metric, *dot, result.rows[static_cast<std::size_t>(row)].norm, vocabulary.norms[token]));
      }
  });
  for (std::size_t row = 0; row < best.size(); ++row) {
    for (const std::vector<Best>& part : found)
      best[row].offer(part[row]);
    result.rows[row].neighbours = best[row].take();
    if (metric == Metric::Euclidean) measureDistances(result.rows[row].neighbours, prompt.rows.row(static_cast<std::int64_t>(row)), model);
  }
  model.checkWhole();
  return result;
}

std::vector<float> nearnessOf(TokenId token, const SoftPrompt& asStored, const VocabularyIndex& vocabulary, Metric metric) {
  const at::NoGradGuard noGrad;
  const FrozenModel& model = *vocabulary.model;
  const SoftPrompt prompt = model.card().embeddingScale == 1 ? asStored : withRowScale(asStored, RowScale::Scaled);
  Matrix stored = model.embeddingRows(std::span(&token, 1));  // [1, H]
  for (float& value : stored.values)
    value *= static_cast<float>(model.card().embeddingScale);
  const auto row = stored.row(0);
  std::vector<float> scores;
  for (std::int64_t i = 0; i < prompt.length(); ++i) {
    const auto mine = prompt.rows.row(i);
    double dot = 0, squares = 0;
    for (std::size_t at = 0; at < row.size(); ++at) {
      dot += static_cast<double>(mine[at]) * row[at];
      squares += (static_cast<double>(mine[at]) - row[at]) * (static_cast<double>(mine[at]) - row[at]);
    }
    scores.push_back(metric == Metric::Euclidean ? static_cast<float>(std::sqrt(squares))
                                                 : scoreOf(metric, static_cast<float>(dot), lengthOf(mine), lengthOf(row)));
  }
  model.checkWhole();
  return scores;
}

Neighbourhood randomBaseline(std::int64_t rows, std::uint64_t seed, const VocabularyIndex& vocabulary, std::int64_t k, Metric metric,
                             std::stop_token stop, const std::vector<bool>& among) {
  Random random(seed);
  SoftPrompt prompt;
  prompt.rows = Matrix(rows, vocabulary.model->card().hiddenSize);
  for (std::int64_t row = 0; row < rows; ++row) {
    for (float& value : prompt.rows.row(row))
      value = static_cast<float>(random.normal());
    const float factor = vocabulary.band.median / std::max(lengthOf(prompt.rows.row(row)), 1e-12f);
    for (float& value : prompt.rows.row(row))
      value *= factor;
  }
  return nearestTokens(prompt, vocabulary, k, metric, stop, among);
}

}  // namespace incipit
