#include "core/training/scored_tokens.h"

#include "core/model/frozen_model.h"
#include "core/training/batch.h"
#include "core/training/prompt_rows.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

constexpr std::int64_t rowsAtOnce = 64;  // rows of logits over a vocabulary

void judge(const float* logits, std::int64_t vocabulary, ScoredToken& scored) {
  const float* last = logits + vocabulary;
  const float own = logits[scored.token];
  const float* most = std::max_element(logits, last);
  double sum = 0;
  for (const float* logit = logits; logit < last; ++logit)
    sum += std::exp(static_cast<double>(*logit) - static_cast<double>(*most));
  scored.rank = 1 + std::count_if(logits, last, [&](float logit) { return logit > own; });
  scored.likeliest = static_cast<TokenId>(most - logits);
  scored.likeliestLogP = -std::log(sum);
  scored.logP = static_cast<double>(own) - static_cast<double>(*most) - std::log(sum);
}

}  // namespace

std::vector<ScoredToken> scoredTokens(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, std::int64_t example) {
  if (model.card().head != HeadKind::None) return {};
  const at::NoGradGuard noGrad;
  if (!prompt.empty()) checkFits(prompt, model);
  const TrainingBatch batch = makeBatch(examples, {example}, prompt.length(), model.card());
  if (batch.scored.empty()) return {};
  const std::vector<TokenId> labels = examples.items[static_cast<std::size_t>(example)].labels;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != notScored) places.push_back(i);
  places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(batch.targets.size()));  // what nothing predicts

  const at::Tensor hidden = scoredStates(model, entering(tensorOf(prompt, model), prompt, model), batch, batch.scored);
  std::vector<ScoredToken> tokens;
  for (std::int64_t first = 0; first < static_cast<std::int64_t>(places.size()); first += rowsAtOnce) {
    const std::int64_t rows = std::min(rowsAtOnce, static_cast<std::int64_t>(places.size()) - first);
    const at::Tensor logits = model.logits(hidden.narrow(0, first, rows)).to(at::kFloat).to(at::kCPU).contiguous();
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto at = static_cast<std::size_t>(first + row);
      ScoredToken& token = tokens.emplace_back();
      token.place = places[at];
      token.token = static_cast<TokenId>(batch.targets[at]);
      judge(logits.data_ptr<float>() + row * logits.size(1), logits.size(1), token);
    }
  }
  model.checkWhole();
  return tokens;
}

}  // namespace incipit
