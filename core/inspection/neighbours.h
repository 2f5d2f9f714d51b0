// Nearest vocabulary tokens of every virtual token (Lester et al. 2021, section 7), with the honest controls beside them:
// the norm band of the vocabulary, and the neighbours of random vectors.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

namespace incipit {

class FrozenModel;

enum class Metric { Cosine, Euclidean, Dot };
Metric metricFrom(std::string_view name);  // "cosine", "euclidean", "dot"; throws PlanError
std::string_view nameOf(Metric metric);

struct Neighbour {
  TokenId token;
  float score;  // cosine in [-1, 1]; Euclidean distance (smaller is nearer); dot product
};

struct RowNeighbours {
  std::int64_t row;
  float norm;                         // Euclidean length of the row
  std::vector<Neighbour> neighbours;  // nearest first, k of them
};

// Norms of the vocabulary's rows: where ordinary tokens live.
struct NormBand {
  float low = 0, median = 0, high = 0;  // 5th, 50th, 95th percentile
};

struct Neighbourhood {
  Metric metric;
  std::vector<RowNeighbours> rows;  // P of them
  NormBand band;
};

// The vocabulary in the form the search wants (row norms, band): made once a model, shared, const. Memory: two floats a token.
struct VocabularyIndex;
std::shared_ptr<const VocabularyIndex> indexVocabulary(std::shared_ptr<const FrozenModel> model);

// Streams through the embedding in blocks, so memory stays bounded whatever the vocabulary. `among`: which tokens count, one bool each;
// empty: all. Where fewer than k are among them, rows have as many neighbours as there are. Throws ModelError when widths differ.
Neighbourhood nearestTokens(const SoftPrompt& prompt, const VocabularyIndex& vocabulary, std::int64_t k = 5, Metric metric = Metric::Cosine,
                            std::stop_token stop = {}, const std::vector<bool>& among = {});

// How near one token is to each row [P]. Throws DataError for a token outside the vocabulary.
std::vector<float> nearnessOf(TokenId token, const SoftPrompt& prompt, const VocabularyIndex& vocabulary, Metric metric = Metric::Cosine);

// Neighbours of as many random vectors (N(0,1) per number, scaled to the vocabulary's median norm): what "no meaning" looks like.
Neighbourhood randomBaseline(std::int64_t rows, std::uint64_t seed, const VocabularyIndex& vocabulary, std::int64_t k = 5,
                             Metric metric = Metric::Cosine, std::stop_token stop = {}, const std::vector<bool>& among = {});

NormBand normBand(const VocabularyIndex& vocabulary);

}  // namespace incipit
