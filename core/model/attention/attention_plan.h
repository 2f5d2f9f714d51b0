// Who attends to whom in one pass, as runs of queries: made from the forest once per pass, used by every layer.
#pragma once

#include "core/model/attention/forest.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace incipit {

// Queries of one segment. Query i sees all rows of its ancestors, and of its own segment the rows up to itself: the first
// visible[i] rows of the concatenated key ranges. There row j has position j, and the query position[i]: what sliding windows, ALiBi
// and relative biases count by. In an encoder, and across to one, every query sees all keys.
struct QueryRun {
  std::int64_t firstQuery;             // row of the query matrix; the run's queries follow each other there
  std::vector<std::int64_t> visible;   // ascending
  std::vector<std::int64_t> position;  // as many
  RowRanges keys;                      // ancestors from the root down, then the own segment up to the last query
};

class BatchedPlan;

struct AttentionPlan {
  std::vector<QueryRun> runs;
  std::int64_t queries = 0;
  std::int64_t rows = 0;                       // of the key and value matrices
  std::shared_ptr<const BatchedPlan> batched;  // the same, laid out for a device; null on the processor
};

// Queries: the rows [firstRow, rows()) of the forest, or only those of `scored` (ascending).
AttentionPlan planAttention(const Forest& forest, std::int64_t firstRow, const std::vector<std::int64_t>* scored = nullptr);
// The same queries, each seeing the whole of its segment's source in `texts`.
AttentionPlan planAcross(const Forest& forest, const Forest& texts, std::int64_t firstRow,
                         const std::vector<std::int64_t>* scored = nullptr);
// An encoder's: every row of a segment sees the whole segment. Queries: all rows, or only those of `scored` (ascending).
AttentionPlan planBothWays(const Forest& texts, const std::vector<std::int64_t>* scored = nullptr);

}  // namespace incipit
