// Which virtual tokens do the work: what the loss becomes without one of them, exactly, and beside it the cheap score that pruning uses.
// The two need not agree: a row with the smallest gate may have the largest influence.
#pragma once

#include "core/dataset/examples.h"
#include "core/metrics/intervals.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/watch.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

class FrozenModel;

struct InfluenceOptions {
  std::int64_t sample = 0;  // examples at most, drawn by seed; 0: all
  std::int64_t batchSize = 16;
  std::uint64_t seed = 0;
  bool accuracy = false;  // of a classification, which costs about as much again
};

struct RowInfluence {
  std::int64_t row = 0;
  // Mean loss (nats a scored token; a head: a text) of the prompt without this row, those behind it moving up by one, minus that of the
  // whole prompt: positive, the row helps. The interval is where 95 of 100 samples of such examples would fall (paired bootstrap).
  Interval influence;
  // |sum_j g_ij p_ij|, g the gradient of the mean loss: how much the loss would change, to first order, if the row were scaled (XPrompt, Ma
  // et al. 2022, after Michel et al. 2019).
  double gate = 0;
  std::optional<double> accuracy;  // that of the prompt without the row minus the whole prompt's: negative, the row helps
};

struct Influence {
  std::vector<RowInfluence> rows;  // P; empty while no batch is done
  double loss = 0;                 // of the whole prompt on these examples
  std::optional<double> accuracy;
  std::int64_t examples = 0, ofExamples = 0;  // looked at, of all there are
  std::int64_t scoredTokens = 0;
};

// The prompt without these rows (ascending), its head kept.
SoftPrompt without(const SoftPrompt& prompt, const std::vector<std::int64_t>& rows);
// Examples for it: where a template counts out how many rows stand at a place, it has that many less.
Examples without(const Examples& examples, const std::vector<std::int64_t>& rows);

// What that costs for a prompt of so many rows, in tokens read forwards; a gradient is read about three times.
double influenceWork(const Examples& examples, std::int64_t rows, const InfluenceOptions& options = {});

// P + 1 evaluations and one gradient. Batch by batch over a sample in an order drawn by seed: `refined` hears after each what is known by
// then, its intervals shrinking. A stop request of `watch` ends it after the pass under way, and whole batches count.
Influence rowInfluence(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples, const InfluenceOptions& options = {},
                       const Watch& watch = {}, const std::function<void(const Influence&)>& refined = {});

// Which row does most, and which ones harm, as far as that is sure; one sentence each, none while nothing is known. `first`: the number of
// the first row, where a person counts from 1.
std::vector<std::string> inWords(const Influence& found, std::int64_t first = 0);

// Two rows that may stand in for each other: what leaving out both costs beyond what each costs alone.
struct PairInfluence {
  std::int64_t first = 0, second = 0;
  double together = 0;  // loss without both minus the whole prompt's
  double beyond = 0;    // together - influence of the first - that of the second: positive, either does for the other
};
// All pairs among the `strongest` rows of largest influence, on the same examples as `found`. A stop request leaves out those not done.
std::vector<PairInfluence> pairInfluence(const FrozenModel& model, const SoftPrompt& prompt, const Examples& examples,
                                         const InfluenceOptions& options, const Influence& found, std::size_t strongest = 5,
                                         const Watch& watch = {});

}  // namespace incipit
