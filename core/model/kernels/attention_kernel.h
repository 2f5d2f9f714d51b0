// Attention over a forest on the processor, without masks, padding or a matrix of probabilities that outlives its block.
// Queries and keys stay where the linear layers left them: rows of flat matrices, a head a slice of columns.
#pragma once

#include "core/model/kernels/numbers.h"

#include <cstdint>
#include <vector>

namespace incipit {
struct AttentionPlan;
}

namespace incipit::kernels {

struct HeadShape {
  std::int64_t heads;          // query heads
  std::int64_t keyValueHeads;  // each serves heads / keyValueHeads query heads
  std::int64_t size;           // numbers a head
  float scale;                 // of the scores, usually 1 / sqrt(size)
  std::int64_t window;         // a query sees its own row and the window - 1 before it; 0: all before it
  float softCap;               // c: scores become c * tanh(score / c); 0: they stay
  const float* bias;           // [heads, biasStride] added to the capped scores; null: nothing
  std::int64_t biasStride;
  // Without `byDistance` entry j of the bias is that of the key at position j, whoever asks (ALiBi). With it entry `reach` + j - i is that
  // of the key at position j for the query at position i (T5).
  bool byDistance;
  std::int64_t reach;
};

// A row-major matrix: element (i, j) at data[i * stride + j].
template <class T>
struct View {
  T* data;
  std::int64_t stride;
};

template <class T>
struct AttentionForward {
  View<const T> q, k, v;  // q: a row a query of the plan; k, v: a row a row of the forest
  View<T> out;            // a row a query, heads * size columns
  float* logSumExp;       // [queries, heads], kept for the backward pass
};

// T: float or Bf16. One unit of work: the runs [firstRun, lastRun) of the plan with the query heads of key/value head `group`.
template <class T>
void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t firstRun,
                      std::int64_t lastRun, std::int64_t group);

template <class T>
struct AttentionBackward {
  View<const T> q, k, v, gradOut;
  const float* logSumExp;
  View<T> gradQ, gradK, gradV;  // gradK and gradV: summed in fp32 over all queries that saw the row
};

// All runs for one key/value head, and its columns of gradQ, gradK and gradV: heads run side by side.
template <class T>
void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group);

}  // namespace incipit::kernels
