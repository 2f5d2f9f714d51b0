#include "core/generation/sampler.h"

#include "core/support/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace incipit {

Sampler::Sampler(const Sampling& sampling) : m_sampling(sampling), m_random(sampling.seed) {
  if (!(sampling.temperature >= 0))
    throw PlanError("The temperature cannot be negative.", "Use 0 for the likeliest token, about 0.8 for variety.");
  if (!(sampling.topP > 0 && sampling.topP <= 1))
    throw PlanError("top-p is a share of probability above 0 and up to 1.", "Use 1 for all tokens.");
  if (sampling.topK < 0) throw PlanError("top-k cannot be negative.", "Use 0 for all tokens.");
}

Choice Sampler::choose(std::span<const float> logits) {
  const float highest = *std::max_element(logits.begin(), logits.end());
  if (m_sampling.temperature == 0) {
    const auto best = std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits)
      sum += std::exp(static_cast<double>(logit) - highest);
    return {static_cast<TokenId>(best - logits.begin()), 1 / sum};
  }

  // Likeliest first, as far as top-k and top-p reach; ties keep the order of the vocabulary. The order of transformers' warpers:
  // temperature, then top-k, then top-p.
  std::vector<TokenId> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  const auto likelier = [&](TokenId a, TokenId b) {
    const float x = logits[static_cast<std::size_t>(a)], y = logits[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  };
  const std::size_t most =
      m_sampling.topK > 0 ? std::min<std::size_t>(static_cast<std::size_t>(m_sampling.topK), order.size()) : order.size();
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(), likelier);
  order.resize(most);

  std::vector<double> weights;
  weights.reserve(most);
  for (const TokenId token : order)
    weights.push_back(std::exp((static_cast<double>(logits[static_cast<std::size_t>(token)]) - highest) / m_sampling.temperature));
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  double kept = 0;
  std::size_t count = 0;
  while (count < weights.size() && (count == 0 || kept < m_sampling.topP * all))
    kept += weights[count++];

  double point = m_random.uniform() * kept;
  std::size_t chosen = 0;
  while (chosen + 1 < count && point >= weights[chosen])
    point -= weights[chosen++];
  return {order[chosen], weights[chosen] / kept};
}

}  // namespace incipit
