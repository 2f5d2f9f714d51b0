#include "core/inspection/influence.h"

#include "core/inspection/sample.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"
#include "core/training/step.h"
#include "core/training/train.h"
#include "core/training/validation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace incipit {
namespace {

bool contains(const std::vector<std::int64_t>& rows, std::int64_t row) { return std::binary_search(rows.begin(), rows.end(), row); }

// Places of the same text for the prompt without `rows`.
Places without(const Places& places, const std::vector<std::int64_t>& rows) {
  Places left;
  std::int64_t first = 0;  // row of the place
  for (Place place : places) {
    if (place.rows != allRows) {
      const std::int64_t all = place.rows;
      for (std::int64_t row = first; row < first + all; ++row)
        place.rows -= contains(rows, row) ? 1 : 0;
      first += all;
      if (place.rows == 0) continue;
    }
    left.push_back(place);
  }
  return left;
}

// Sums over the examples seen so far of one prompt.
struct Tally {
  std::vector<double> losses;          // of an example, all its tokens together
  std::vector<std::int64_t> tokens;    // as many
  std::int64_t right = 0, judged = 0;  // of a classification

  void add(const Evaluation& evaluation, const Examples& examples) {
    for (const ExampleOutcome& outcome : evaluation.outcomes) {
      losses.push_back(outcome.loss * static_cast<double>(outcome.scoredTokens));
      tokens.push_back(outcome.scoredTokens);
      if (outcome.predicted < 0) continue;
      ++judged;
      right += outcome.predicted == examples.items.sizes(static_cast<std::size_t>(outcome.example)).classIndex ? 1 : 0;
    }
  }
  double meanOver(std::span<const std::int64_t> examples) const {
    double sum = 0;
    std::int64_t count = 0;
    for (const std::int64_t index : examples)
      sum += losses[static_cast<std::size_t>(index)], count += tokens[static_cast<std::size_t>(index)];
    return count > 0 ? sum / static_cast<double>(count) : 0;
  }
  double mean() const {
    return std::accumulate(losses.begin(), losses.end(), 0.0) /
           static_cast<double>(std::max<std::int64_t>(1, std::accumulate(tokens.begin(), tokens.end(), std::int64_t{0})));
  }
  std::optional<double> accuracy() const {
    return judged > 0 ? std::optional(static_cast<double>(right) / static_cast<double>(judged)) : std::nullopt;
  }
};

// The prompt, and the prompt without each row, over more and more examples.
class LeaveOneOut {
 public:
  LeaveOneOut(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const InfluenceOptions& options)
      : m_model(model), m_whole(prompt), m_examples(examples), m_options(options),
        m_order(sampleOrder(examples, options.sample, options.seed)), m_tallies(static_cast<std::size_t>(prompt.length()) + 1),
        m_gradient(prompt.rows.values.size()) {
    if (model.card().head != HeadKind::None) m_whole.head = headFor(prompt, model);
    for (std::int64_t row = 0; row < prompt.length(); ++row)
      m_less.push_back(incipit::without(m_whole, {row}));
  }

  std::size_t examples() const { return m_order.size(); }

  // Takes those from `first` on, as many as a batch has. Throws GivenUp, and then they do not count.
  std::size_t take(std::size_t first, const Watch& watch) {
    const std::size_t last = std::min(m_order.size(), first + static_cast<std::size_t>(m_options.batchSize));
    const bool head = m_model.card().head != HeadKind::None;
    const Examples batch =
        picked(m_examples, {m_order.begin() + static_cast<std::ptrdiff_t>(first), m_order.begin() + static_cast<std::ptrdiff_t>(last)},
               head || m_options.accuracy);
    const auto passes = static_cast<double>(m_less.size() + 2);
    std::vector<Evaluation> found;
    for (std::size_t i = 0; i <= m_less.size(); ++i) {
      watch.at(static_cast<double>(i) / passes);
      if (i == 0)
        found.push_back(evaluate(m_model, m_whole, batch, m_options.batchSize));
      else
        found.push_back(evaluate(m_model, m_less[i - 1], incipit::without(batch, {static_cast<std::int64_t>(i) - 1}), m_options.batchSize));
    }
    watch.at((passes - 1) / passes);
    std::vector<std::int64_t> all(batch.items.size());
    std::iota(all.begin(), all.end(), std::int64_t{0});
    const StepResult step = lossesAndGradients(m_model, {{m_whole, batch, {all}}}).front();
    for (std::size_t i = 0; i < m_gradient.size(); ++i)
      m_gradient[i] += static_cast<double>(step.gradients.front().values[i]) * static_cast<double>(step.tokens);
    m_tokens += step.tokens;
    for (std::size_t i = 0; i < found.size(); ++i)
      m_tallies[i].add(found[i], batch);
    return last;
  }

  Influence influence() const {
    const Tally& whole = m_tallies.front();
    Influence found;
    found.loss = whole.mean();
    found.accuracy = whole.accuracy();
    found.examples = static_cast<std::int64_t>(whole.losses.size());
    found.ofExamples = static_cast<std::int64_t>(m_examples.items.size());
    found.scoredTokens = m_tokens;
    for (std::int64_t row = 0; row < m_whole.length(); ++row) {
      const Tally& less = m_tallies[static_cast<std::size_t>(row) + 1];
      RowInfluence one;
      one.row = row;
      one.influence = bootstrapInterval(
          found.examples, [&](std::span<const std::int64_t> some) { return less.meanOver(some) - whole.meanOver(some); }, m_options.seed);
      for (std::int64_t j = 0; j < m_whole.width(); ++j)
        one.gate += m_gradient[static_cast<std::size_t>(row * m_whole.width() + j)] * m_whole.rows.row(row)[static_cast<std::size_t>(j)];
      one.gate = std::abs(one.gate) / static_cast<double>(std::max<std::int64_t>(1, m_tokens));
      if (found.accuracy && less.accuracy()) one.accuracy = *less.accuracy() - *found.accuracy;
      found.rows.push_back(one);
    }
    return found;
  }

 private:
  const FrozenModel& m_model;
  SoftPrompt m_whole;
  const Examples& m_examples;
  InfluenceOptions m_options;
  std::vector<std::uint32_t> m_order;
  std::vector<SoftPrompt> m_less;  // P of them
  std::vector<Tally> m_tallies;    // of the whole prompt, then of these
  std::vector<double> m_gradient;  // of the summed loss [P, H]
  std::int64_t m_tokens = 0;
};

}  // namespace

SoftPrompt without(const SoftPrompt& prompt, const std::vector<std::int64_t>& rows) {
  SoftPrompt less = prompt;
  less.rows = Matrix(prompt.length() - static_cast<std::int64_t>(rows.size()), prompt.width());
  less.unusedRows = {};
  std::int64_t to = 0;
  for (std::int64_t row = 0; row < prompt.length(); ++row)
    if (!contains(rows, row)) std::ranges::copy(prompt.rows.row(row), less.rows.row(to++).begin());
  return less;
}

Examples without(const Examples& examples, const std::vector<std::int64_t>& rows) {
  const auto counts = [](const Example& example) {
    return std::ranges::any_of(example.places, [](const Place& place) { return place.rows != allRows; });
  };
  if (examples.items.empty() || !counts(examples.items.front())) return examples;
  Examples changed = examples;
  changed.items = examples.items.changed([&](Example& example) { example.places = without(example.places, rows); });
  return changed;
}

double influenceWork(const Examples& examples, std::int64_t rows, const InfluenceOptions& options) {
  const Examples some = picked(examples, sampleOrder(examples, options.sample, options.seed), options.accuracy);
  return static_cast<double>(rows + 1) * workOfLook(some) + 3 * static_cast<double>(some.items.tokens());
}

Influence rowInfluence(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const InfluenceOptions& options,
                       const Watch& watch, const std::function<void(const Influence&)>& refined) {
  checkFits(prompt, model);
  if (options.batchSize < 1) throw PlanError("A batch has at least one example.", "Use 16.");
  LeaveOneOut rows(model, prompt, examples, options);
  Influence found;
  found.ofExamples = static_cast<std::int64_t>(examples.items.size());
  const auto all = static_cast<double>(std::max<std::size_t>(1, rows.examples()));
  for (std::size_t first = 0; first < rows.examples();) {
    try {
      const double share = static_cast<double>(first) / all;
      const double end = std::min(1.0, (static_cast<double>(first) + static_cast<double>(options.batchSize)) / all);
      first = rows.take(first, watch.part(share, end));
    } catch (const GivenUp&) {
      return found;
    }
    found = rows.influence();
    if (refined) refined(found);
  }
  return found;
}

std::vector<std::string> inWords(const Influence& found, std::int64_t first) {
  std::vector<std::string> sentences;
  if (found.rows.empty()) return sentences;
  std::vector<RowInfluence> rows = found.rows;
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const RowInfluence& row) { return row.influence.value; });
  const auto name = [first](const RowInfluence& row) { return std::to_string(row.row + first); };
  char grows[32];
  std::snprintf(grows, sizeof grows, "%.4f", rows.front().influence.value);
  if (rows.front().influence.low > 0)
    sentences.push_back("Row " + name(rows.front()) + " does most: without it the loss is " + grows + " higher.");
  else
    sentences.emplace_back("No row helps so much that it is sure on these examples.");
  std::string harmful;
  for (const RowInfluence& row : rows)
    if (row.influence.high < 0) harmful += (harmful.empty() ? "" : ", ") + name(row);
  if (!harmful.empty()) sentences.push_back("The loss is lower without: row " + harmful + ".");
  return sentences;
}

std::vector<PairInfluence> pairInfluence(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples,
                                         const InfluenceOptions& options, const Influence& found, std::size_t strongest,
                                         const Watch& watch) {
  std::vector<RowInfluence> rows = found.rows;
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const RowInfluence& row) { return row.influence.value; });
  rows.resize(std::min(rows.size(), strongest));
  std::ranges::sort(rows, {}, &RowInfluence::row);
  std::vector<std::uint32_t> places = sampleOrder(examples, options.sample, options.seed);
  places.resize(std::min(places.size(), static_cast<std::size_t>(found.examples)));
  const Examples some = picked(examples, std::move(places), model.card().head != HeadKind::None);
  std::vector<PairInfluence> pairs;
  const double all = static_cast<double>(rows.size() * (rows.size() - (rows.empty() ? 0 : 1))) / 2;
  try {
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        watch.at(static_cast<double>(pairs.size()) / all);
        const std::vector<std::int64_t> both{rows[i].row, rows[j].row};
        const double loss = evaluate(model, without(prompt, both), without(some, both), options.batchSize).loss;
        pairs.push_back({both[0], both[1], loss - found.loss, loss - found.loss - rows[i].influence.value - rows[j].influence.value});
      }
  } catch (const GivenUp&) {
    return pairs;
  }
  return pairs;
}

}  // namespace incipit
