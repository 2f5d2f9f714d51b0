// What neighbours of single rows do not show: where all rows of a prompt went together, and how near random vectors come by chance. On real
// models single rows mostly stay next to the token they started from, and the neighbours of their movements are chance; the mean movement
// is what names the task.
#pragma once

#include "core/inspection/neighbours.h"

#include <cstdint>
#include <vector>

namespace incipit {

// The mean over the rows of P - S, as a prompt of one row [1, H]. Throws ModelError when the shapes differ.
SoftPrompt meanMovement(const SoftPrompt& prompt, const SoftPrompt& start);

// Between which scores nine of ten random vectors have their k-th neighbour: low[k], high[k]. The nearest of all random vectors counts as
// high where there are fewer than twenty.
struct ChanceBand {
  std::vector<float> low, high;
};
ChanceBand chanceBand(const Neighbourhood& random);

// Rows that share a neighbour, directly or by way of others: a number a row, the same for rows that belong together, -1 for rows that share
// with none (Lester et al. 2021, section 7: the capacity is more than the task needs).
std::vector<std::int64_t> sharingGroups(const Neighbourhood& found);

// What a row's neighbours gained and lost against an earlier prompt of as many rows: tokens, nearest first.
struct Exchanged {
  std::vector<TokenId> came, went;
};
std::vector<Exchanged> exchanged(const Neighbourhood& now, const Neighbourhood& before);

}  // namespace incipit
