#include "core/inspection/words.h"

#include "core/inspection/sample.h"
#include "core/inspection/vocabulary_index.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/step.h"
#include "core/training/train.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace incipit {
namespace {

// Whether a token is a text that can be typed: whole characters, nothing that steers.
bool isTyped(const Tokenizer& tokenizer, TokenId id) {
  if (id >= tokenizer.vocabularySize() || tokenizer.isSpecial(id)) return false;
  try {
    const std::string piece = tokenizer.piece(id);
    if (piece.empty() || piece.starts_with("<0x")) return false;
    bool shows = false;
    for (const char byte : piece) {
      const auto value = static_cast<unsigned char>(byte);
      if (value < 0x20 || value == 0x7F) return false;
      shows = shows || value != ' ';
    }
    return shows && tokenizer.decode(std::vector<TokenId>{id}).find("\uFFFD") == std::string::npos;
  } catch (const DataError&) {
    return false;  // a row of the model that no token has
  }
}

std::vector<std::vector<std::int64_t>> batchesOf(const Examples& examples, std::int64_t size) {
  std::vector<std::vector<std::int64_t>> batches;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(examples.items.size()); ++i) {
    if (i % size == 0) batches.emplace_back();
    batches.back().push_back(i);
  }
  return batches;
}

struct Exchange {
  std::size_t position;
  TokenId token;
  float promise;  // how much the loss falls, to first order
};

// The most promising exchanges, best first. `gradient` [N, H] of the loss with respect to the words' stored rows.
std::vector<Exchange> exchanges(const FrozenModel& model, const Tokenizer& tokenizer, const Matrix& gradient,
                                const std::vector<TokenId>& ids, std::size_t count) {
  const at::NoGradGuard noGrad;
  constexpr std::int64_t block = 4096;
  const at::Tensor table = model.inputEmbedding().detach().to(at::kCPU);  // [V, H]
  const at::Tensor slope = at::from_blob(const_cast<float*>(gradient.values.data()), {gradient.rows, gradient.columns});
  std::vector<Exchange> best;
  const auto worse = [](const Exchange& a, const Exchange& b) { return a.promise > b.promise; };
  const std::size_t kept = 20 * count;  // many of them cannot be typed
  std::vector<float> now(ids.size());
  const Matrix own = model.embeddingRows(ids);
  for (std::size_t i = 0; i < ids.size(); ++i)
    now[i] = std::inner_product(own.row(static_cast<std::int64_t>(i)).begin(), own.row(static_cast<std::int64_t>(i)).end(),
                                gradient.row(static_cast<std::int64_t>(i)).begin(), 0.0f);
  for (std::int64_t first = 0; first < table.size(0); first += block) {
    const at::Tensor rows = table.narrow(0, first, std::min(block, table.size(0) - first)).to(at::kFloat);
    const at::Tensor products = at::mm(slope, rows.t()).contiguous();  // [N, block]
    const float* product = products.data_ptr<float>();
    for (std::size_t i = 0; i < ids.size(); ++i)
      for (std::int64_t j = 0; j < rows.size(0); ++j, ++product) {
        const Exchange one{i, static_cast<TokenId>(first + j), now[i] - *product};
        if (one.token == ids[i] || (best.size() == kept && one.promise <= best.front().promise)) continue;
        best.push_back(one);
        std::ranges::push_heap(best, worse);
        if (best.size() > kept) std::ranges::pop_heap(best, worse), best.pop_back();
      }
  }
  std::ranges::sort(best, worse);
  std::erase_if(best, [&](const Exchange& one) { return !isTyped(tokenizer, one.token); });
  return best;
}

}  // namespace

TypedWords typed(const std::string& text, const Tokenizer& tokenizer) { return {text, tokenizer.encode(text, SpecialTokens::Leave)}; }

TypedWords nearestWords(const SoftPrompt& prompt, const VocabularyIndex& vocabulary, const Tokenizer& tokenizer, Metric metric) {
  std::vector<TokenId> ids;
  for (const RowNeighbours& row : nearestTokens(prompt, vocabulary, 50, metric).rows)
    for (const Neighbour& near : row.neighbours)
      if (isTyped(tokenizer, near.token)) {
        ids.push_back(near.token);
        break;
      }
  std::string text = tokenizer.decode(ids);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return typed(text, tokenizer);
}

RepairedWords projectedWords(const Tokenizer& tokenizer, const Examples& examples, const SoftPrompt& prompt,
                             const VocabularyIndex& vocabulary, const SoftPrompt& like, const RepairOptions& options, const Watch& watch,
                             const std::function<void(const RepairedWords&)>& better) {
  const FrozenModel& model = *vocabulary.model;
  std::vector<bool> can(static_cast<std::size_t>(model.card().vocabularySize));
  for (std::size_t id = 0; id < can.size(); ++id)
    can[id] = isTyped(tokenizer, static_cast<TokenId>(id));
  const Examples some = picked(examples, sampleOrder(examples, options.sample, options.seed), model.card().head != HeadKind::None);
  const auto batches = batchesOf(some, options.batchSize);
  const auto nearest = [&](const SoftPrompt& rows) {
    std::vector<TokenId> ids;
    for (const RowNeighbours& row : nearestTokens(rows, vocabulary, 1, Metric::Cosine, {}, can).rows)
      if (!row.neighbours.empty()) ids.push_back(row.neighbours.front().token);
    return ids;
  };
  SoftPrompt rows = prompt;
  const auto text = [&](const std::vector<TokenId>& ids) {
    std::string words = tokenizer.decode(ids);
    words.erase(0, std::min(words.find_first_not_of(' '), words.size()));
    return typed(words, tokenizer);
  };
  RepairedWords best{text(nearest(rows)), 0, 0, 0, 0};
  best.before = best.loss = evaluate(model, promptOf(best.words.ids, model, like), some, options.batchSize).loss;
  std::set<std::vector<TokenId>> tried{best.words.ids};
  // A tenth of what the vocabulary's numbers differ by, a step.
  const float rate = 0.1f * vocabulary.band.median / std::sqrt(static_cast<float>(rows.width()));
  std::vector<float> first(rows.rows.values.size()), second(first.size());
  try {
    for (std::int64_t step = 1; step <= 10 * options.budget && best.evaluations < options.budget; ++step) {
      watch.at(std::max(static_cast<double>(best.evaluations) / static_cast<double>(options.budget),
                        static_cast<double>(step) / static_cast<double>(10 * options.budget)));
      const std::vector<TokenId> ids = nearest(rows);
      if (static_cast<std::int64_t>(ids.size()) != rows.length()) break;  // nothing can be typed
      SoftPrompt words = promptOf(ids, model, like);
      if (model.card().head != HeadKind::None) words.head = headFor(like, model);
      const auto& batch = batches[static_cast<std::size_t>(step - 1) % batches.size()];
      const Matrix gradient = lossesAndGradients(model, {{words, some, {batch}}}).front().gradients.front();
      for (std::size_t i = 0; i < first.size(); ++i) {
        first[i] = 0.9f * first[i] + 0.1f * gradient.values[i];
        second[i] = 0.999f * second[i] + 0.001f * gradient.values[i] * gradient.values[i];
        const float mean = first[i] / (1 - std::pow(0.9f, static_cast<float>(step)));
        const float square = second[i] / (1 - std::pow(0.999f, static_cast<float>(step)));
        rows.rows.values[i] -= rate * mean / (std::sqrt(square) + 1e-8f);
      }
      const TypedWords found = text(nearest(rows));
      if (!tried.insert(found.ids).second || found.ids.empty()) continue;
      ++best.evaluations;
      const double loss = evaluate(model, promptOf(found.ids, model, like), some, options.batchSize).loss;
      if (loss >= best.loss) continue;
      best.words = found, best.loss = loss;
      ++best.exchanged;
      if (better) better(best);
    }
  } catch (const GivenUp&) {
    return best;
  }
  return best;
}

SoftPrompt promptOf(const std::vector<TokenId>& ids, const FrozenModel& model, const SoftPrompt& like) {
  SoftPrompt words = like;
  words.unusedRows = {};
  words.rows = model.embeddingRows(ids);
  if (model.card().embeddingScale != 1) words.origin.rowScale = RowScale::Unscaled;  // stored rows
  return words;
}

RepairedWords repairedWords(const FrozenModel& model, const Tokenizer& tokenizer, const Examples& examples, const TypedWords& words,
                            const SoftPrompt& like, const RepairOptions& options, const Watch& watch,
                            const std::function<void(const RepairedWords&)>& better) {
  const Examples some = picked(examples, sampleOrder(examples, options.sample, options.seed), model.card().head != HeadKind::None);
  const auto lossOf = [&](const std::vector<TokenId>& ids) {
    return evaluate(model, promptOf(ids, model, like), some, options.batchSize).loss;
  };
  RepairedWords best{words, lossOf(words.ids), 0, 0, 0};
  best.loss = best.before;
  std::set<std::vector<TokenId>> tried{words.ids};
  const auto batches = batchesOf(some, options.batchSize);
  try {
    for (bool helped = true; helped && best.evaluations < options.budget && !best.words.ids.empty();) {
      helped = false;
      SoftPrompt now = promptOf(best.words.ids, model, like);
      if (model.card().head != HeadKind::None) now.head = headFor(like, model);
      watch.at(static_cast<double>(best.evaluations) / static_cast<double>(options.budget));
      const Matrix gradient = lossesAndGradients(model, {{now, some, batches}}).front().gradients.front();
      std::int64_t taken = 0;
      for (const Exchange& one : exchanges(model, tokenizer, gradient, best.words.ids, static_cast<std::size_t>(options.candidates))) {
        if (taken == options.candidates || best.evaluations == options.budget) break;
        std::vector<TokenId> ids = best.words.ids;
        ids[one.position] = one.token;
        std::string text = tokenizer.decode(ids);
        text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
        TypedWords candidate = typed(text, tokenizer);
        if (candidate.ids.size() != ids.size() || !tried.insert(candidate.ids).second) continue;
        watch.at(static_cast<double>(best.evaluations) / static_cast<double>(options.budget));
        ++taken, ++best.evaluations;
        const double loss = lossOf(candidate.ids);
        if (loss >= best.loss) continue;
        best.words = std::move(candidate), best.loss = loss;
        ++best.exchanged;
        helped = true;
        if (better) better(best);
        break;  // a new gradient
      }
    }
  } catch (const GivenUp&) {
    return best;
  }
  return best;
}

}  // namespace incipit
