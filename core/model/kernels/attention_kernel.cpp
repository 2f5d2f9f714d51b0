#include "core/model/kernels/attention_kernel.h"

#include "core/model/attention_plan.h"
#include "core/model/kernels/small_gemm.h"

#include <algorithm>
#include <cmath>

namespace incipit::kernels {
namespace {

constexpr std::int64_t block = 64;  // queries at a time: bounds the scratch and skips most of what causality forbids

// Scratch memory of one thread, grown once and kept.
struct Scratch {
  std::vector<float> keys, values, keysTransposed, valuesTransposed, queries, scores, gradScores, transposed, out, gradKeys, gradValues;
};
Scratch& scratch() {
  static thread_local Scratch mine;
  return mine;
}
float* room(std::vector<float>& memory, std::int64_t size) {
  if (memory.size() < static_cast<std::size_t>(size)) memory.resize(static_cast<std::size_t>(size));
  return memory.data();
}

std::int64_t keyCount(const QueryRun& run) {
  std::int64_t count = 0;
  for (const KeyRange& range : run.keys)
    count += range.length;
  return count;
}

// The head's columns of the run's key (or value) rows, one below the other: [T, width], columns beyond `size` zero.
template <class T>
INCIPIT_INLINE void gather(const QueryRun& run, View<const T> from, std::int64_t column, std::int64_t size, std::int64_t width, float* to) {
  for (const KeyRange& range : run.keys)
    for (std::int64_t row = range.begin; row < range.begin + range.length; ++row, to += width) {
      const T* source = from.data + row * from.stride + column;
      for (std::int64_t j = 0; j < size; ++j)
        to[j] = toFloat(source[j]);
      for (std::int64_t j = size; j < width; ++j)
        to[j] = 0;
    }
}

// [rows, columns] (stride `from`) -> [columns, rows] (stride `to`), the padding beyond `rows` zero.
INCIPIT_INLINE void transpose(const float* a, std::int64_t rows, std::int64_t columns, std::int64_t from, float* b, std::int64_t to) {
  for (std::int64_t j = 0; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i)
      b[j * to + i] = a[i * from + j];
    for (std::int64_t i = rows; i < to; ++i)
      b[j * to + i] = 0;
  }
}

template <class T>
INCIPIT_INLINE void loadRows(View<const T> from, std::int64_t first, std::int64_t count, std::int64_t column, std::int64_t size,
                             std::int64_t width, float scale, float* to) {
  for (std::int64_t i = 0; i < count; ++i, to += width) {
    const T* source = from.data + (first + i) * from.stride + column;
    for (std::int64_t j = 0; j < size; ++j)
      to[j] = toFloat(source[j]) * scale;
    for (std::int64_t j = size; j < width; ++j)
      to[j] = 0;
  }
}

template <class T>
INCIPIT_INLINE void storeRows(const float* from, std::int64_t width, View<T> to, std::int64_t first, std::int64_t count,
                              std::int64_t column, std::int64_t size) {
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < size; ++j)
      to.data[(first + i) * to.stride + column + j] = fromFloat<T>(from[i * width + j]);
}

template <class T>
INCIPIT_INLINE void forward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t runIndex,
                            std::int64_t group) {
  const QueryRun& run = plan.runs[static_cast<std::size_t>(runIndex)];
  const std::int64_t count = static_cast<std::int64_t>(run.visible.size());
  const std::int64_t keys = keyCount(run), wide = padded(keys), size = shape.size, width = padded(size);
  const std::int64_t queriesPerGroup = shape.heads / shape.keyValueHeads;
  Scratch& mine = scratch();
  float* k = room(mine.keys, keys * width);
  float* kt = room(mine.keysTransposed, size * wide);
  float* v = room(mine.values, keys * width);
  float* q = room(mine.queries, block * width);
  float* s = room(mine.scores, block * wide);
  float* o = room(mine.out, block * width);
  gather(run, io.k, group * size, size, width, k);
  gather(run, io.v, group * size, size, width, v);
  transpose(k, keys, size, width, kt, wide);

  for (std::int64_t head = group * queriesPerGroup; head < (group + 1) * queriesPerGroup; ++head)
    for (std::int64_t first = 0; first < count; first += block) {
      const std::int64_t rows = std::min(block, count - first);
      const std::int64_t seen = run.visible[static_cast<std::size_t>(first + rows - 1)];
      loadRows(io.q, run.firstQuery + first, rows, head * size, size, width, shape.scale, q);
      gemm<false>(rows, padded(seen), size, q, width, kt, wide, s, wide);
      for (std::int64_t i = 0; i < rows; ++i) {
        float* row = s + i * wide;
        const std::int64_t visible = run.visible[static_cast<std::size_t>(first + i)];
        float highest = row[0];
#pragma omp simd reduction(max : highest)
        for (std::int64_t j = 1; j < visible; ++j)
          highest = row[j] > highest ? row[j] : highest;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = 0; j < visible; ++j) {
          row[j] = expNegative(row[j] - highest);
          sum += row[j];
        }
        const float share = 1 / sum;
        for (std::int64_t j = 0; j < visible; ++j)
          row[j] *= share;
        for (std::int64_t j = visible; j < seen; ++j)
          row[j] = 0;
        io.logSumExp[(run.firstQuery + first + i) * shape.heads + head] = highest + std::log(sum);
      }
      gemm<false>(rows, width, seen, s, wide, v, width, o, width);
      storeRows(o, width, io.out, run.firstQuery + first, rows, head * size, size);
    }
}

// The way back of one block of queries, as in FlashAttention (Dao et al. 2022): probabilities are computed again from the saved
// log-sum-exp, dS = P * (dP - rowsum(dO * O)).
template <class T>
INCIPIT_INLINE void backwardOfRun(const QueryRun& run, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group) {
  const std::int64_t count = static_cast<std::int64_t>(run.visible.size());
  const std::int64_t keys = keyCount(run), wide = padded(keys), size = shape.size, width = padded(size);
  const std::int64_t queriesPerGroup = shape.heads / shape.keyValueHeads;
  Scratch& mine = scratch();
  float* k = room(mine.keys, keys * width);
  float* kt = room(mine.keysTransposed, size * wide);
  float* v = room(mine.values, keys * width);
  float* vt = room(mine.valuesTransposed, size * wide);
  float* q = room(mine.queries, 2 * block * width);
  float* gradOut = q + block * width;
  float* p = room(mine.scores, block * wide);
  float* dp = room(mine.gradScores, block * wide);
  float* turned = room(mine.transposed, wide * block);
  float* dq = room(mine.out, block * width);
  float* dk = room(mine.gradKeys, keys * width);
  float* dv = room(mine.gradValues, keys * width);
  std::fill(dk, dk + keys * width, 0.0f);
  std::fill(dv, dv + keys * width, 0.0f);
  gather(run, io.k, group * size, size, width, k);
  gather(run, io.v, group * size, size, width, v);
  transpose(k, keys, size, width, kt, wide);
  transpose(v, keys, size, width, vt, wide);

  for (std::int64_t head = group * queriesPerGroup; head < (group + 1) * queriesPerGroup; ++head)
    for (std::int64_t first = 0; first < count; first += block) {
      const std::int64_t rows = std::min(block, count - first), query = run.firstQuery + first;
      const std::int64_t seen = run.visible[static_cast<std::size_t>(first + rows - 1)], seenWide = padded(seen);
      loadRows(io.q, query, rows, head * size, size, width, shape.scale, q);
      loadRows(io.gradOut, query, rows, head * size, size, width, 1.0f, gradOut);
      gemm<false>(rows, seenWide, size, q, width, kt, wide, p, wide);
      gemm<false>(rows, seenWide, size, gradOut, width, vt, wide, dp, wide);
      for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t visible = run.visible[static_cast<std::size_t>(first + i)];
        const float logSumExp = io.logSumExp[(query + i) * shape.heads + head];
        const T* out = io.out.data + (query + i) * io.out.stride + head * size;
        float inner = 0;
#pragma omp simd reduction(+ : inner)
        for (std::int64_t j = 0; j < size; ++j)
          inner += toFloat(out[j]) * gradOut[i * width + j];
        float* pRow = p + i * wide;
        float* dRow = dp + i * wide;
#pragma omp simd
        for (std::int64_t j = 0; j < visible; ++j) {
          const float x = pRow[j] - logSumExp;
          pRow[j] = expNegative(x < 0 ? x : 0);
          dRow[j] = pRow[j] * (dRow[j] - inner);
        }
        for (std::int64_t j = visible; j < seenWide; ++j)
          pRow[j] = dRow[j] = 0;
      }
      gemm<false>(rows, width, seen, dp, wide, k, width, dq, width);
      for (std::int64_t i = 0; i < rows * width; ++i)
        dq[i] *= shape.scale;
      storeRows(dq, width, io.gradQ, query, rows, head * size, size);
      transpose(dp, rows, seen, wide, turned, block);  // the scale of dK is in q already
      gemm<true>(seen, width, rows, turned, block, q, width, dk, width);
      transpose(p, rows, seen, wide, turned, block);
      gemm<true>(seen, width, rows, turned, block, gradOut, width, dv, width);
    }

  const float* dkRow = dk;
  const float* dvRow = dv;
  for (const KeyRange& range : run.keys)
    for (std::int64_t row = range.begin; row < range.begin + range.length; ++row, dkRow += width, dvRow += width)
      for (std::int64_t j = 0; j < size; ++j) {
        io.gradK.data[row * io.gradK.stride + group * size + j] += dkRow[j];
        io.gradV.data[row * io.gradV.stride + group * size + j] += dvRow[j];
      }
}

}  // namespace

INCIPIT_MULTIVERSION void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<float>& io,
                                           std::int64_t run, std::int64_t group) {
  forward(plan, shape, io, run, group);
}
INCIPIT_MULTIVERSION void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<Bf16>& io,
                                           std::int64_t run, std::int64_t group) {
  forward(plan, shape, io, run, group);
}
INCIPIT_MULTIVERSION void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<float>& io,
                                            std::int64_t group) {
  for (const QueryRun& run : plan.runs)
    backwardOfRun(run, shape, io, group);
}
INCIPIT_MULTIVERSION void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<Bf16>& io,
                                            std::int64_t group) {
  for (const QueryRun& run : plan.runs)
    backwardOfRun(run, shape, io, group);
}

}  // namespace incipit::kernels
