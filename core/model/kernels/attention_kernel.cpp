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
  std::vector<float> keys, values, keysTransposed, valuesTransposed, queries, scores, gradScores, out, gradKeys, gradValues;
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

// The first key that query `query` of the run sees.
INCIPIT_INLINE std::int64_t firstKey(const QueryRun& run, const HeadShape& shape, std::int64_t query) {
  const std::int64_t visible = run.visible[static_cast<std::size_t>(query)];
  return shape.window > 0 && visible > shape.window ? visible - shape.window : 0;
}

// The bias of the keys for one query: entry j belongs to the key at position j. Null: there is none.
INCIPIT_INLINE const float* biasOf(const QueryRun& run, const HeadShape& shape, std::int64_t head, std::int64_t query) {
  if (shape.bias == nullptr) return nullptr;
  const float* row = shape.bias + head * shape.biasStride;
  return shape.byDistance ? row + shape.reach - run.position[static_cast<std::size_t>(query)] : row;
}

// c * tanh(s / c) in place, with tanh x = sign(x) (1 - e^-2|x|) / (1 + e^-2|x|).
INCIPIT_INLINE void softCap(float* scores, std::int64_t first, std::int64_t last, float cap) {
  const float inverse = 1 / cap;
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j) {
    const float x = scores[j] * inverse, size = x < 0 ? -x : x, e = expNegative(-2 * size);
    const float bent = cap * ((1 - e) / (1 + e));
    scores[j] = x < 0 ? -bent : bent;
  }
}

INCIPIT_INLINE void add(const float* from, float* to, std::int64_t first, std::int64_t last) {
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j)
    to[j] += from[j];
}

// Scores become probabilities, d(probabilities) becomes d(scores): dS = P (dP - inner), times the slope 1 - bend * s^2 of the soft cap.
template <bool Biased>
INCIPIT_INLINE void gradientOfScores(float* p, float* d, const float* bias, std::int64_t first, std::int64_t last, float logSumExp,
                                     float inner, float bend) {
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j) {
    const float s = p[j], x = s + (Biased ? bias[j] : 0.0f) - logSumExp;
    p[j] = expNegative(x < 0 ? x : 0);
    d[j] = p[j] * (d[j] - inner) * (1 - bend * s * s);
  }
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
      // Keys [begin, seen) are those that any query of the block sees.
      const std::int64_t seen = run.visible[static_cast<std::size_t>(first + rows - 1)];
      const std::int64_t begin = firstKey(run, shape, first) / lane * lane;
      loadRows(io.q, run.firstQuery + first, rows, head * size, size, width, shape.scale, q);
      gemm<Left::Plain, false>(rows, padded(seen) - begin, size, q, width, kt + begin, wide, s + begin, wide);
      for (std::int64_t i = 0; i < rows; ++i) {
        float* row = s + i * wide;
        const std::int64_t visible = run.visible[static_cast<std::size_t>(first + i)], from = firstKey(run, shape, first + i);
        if (shape.softCap > 0) softCap(row, from, visible, shape.softCap);
        if (const float* bias = biasOf(run, shape, head, first + i)) add(bias, row, from, visible);
        float highest = row[from];
#pragma omp simd reduction(max : highest)
        for (std::int64_t j = from + 1; j < visible; ++j)
          highest = row[j] > highest ? row[j] : highest;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t j = from; j < visible; ++j) {
          row[j] = expNegative(row[j] - highest);
          sum += row[j];
        }
        const float share = 1 / sum;
        for (std::int64_t j = from; j < visible; ++j)
          row[j] *= share;
        for (std::int64_t j = begin; j < from; ++j)
          row[j] = 0;
        for (std::int64_t j = visible; j < seen; ++j)
          row[j] = 0;
        io.logSumExp[(run.firstQuery + first + i) * shape.heads + head] = highest + std::log(sum);
      }
      gemm<Left::Plain, false>(rows, width, seen - begin, s + begin, wide, v + begin * width, width, o, width);
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
  float* dq = room(mine.out, block * width);
  float* dk = room(mine.gradKeys, keys * width);
  float* dv = room(mine.gradValues, keys * width);
  const float bend = shape.softCap > 0 ? 1 / (shape.softCap * shape.softCap) : 0.0f;
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
      const std::int64_t begin = firstKey(run, shape, first) / lane * lane;
      loadRows(io.q, query, rows, head * size, size, width, shape.scale, q);
      loadRows(io.gradOut, query, rows, head * size, size, width, 1.0f, gradOut);
      gemm<Left::Plain, false>(rows, seenWide - begin, size, q, width, kt + begin, wide, p + begin, wide);
      gemm<Left::Plain, false>(rows, seenWide - begin, size, gradOut, width, vt + begin, wide, dp + begin, wide);
      for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t visible = run.visible[static_cast<std::size_t>(first + i)], from = firstKey(run, shape, first + i);
        const float logSumExp = io.logSumExp[(query + i) * shape.heads + head];
        const T* out = io.out.data + (query + i) * io.out.stride + head * size;
        float inner = 0;
#pragma omp simd reduction(+ : inner)
        for (std::int64_t j = 0; j < size; ++j)
          inner += toFloat(out[j]) * gradOut[i * width + j];
        float* pRow = p + i * wide;
        float* dRow = dp + i * wide;
        if (shape.softCap > 0) softCap(pRow, from, visible, shape.softCap);
        if (const float* bias = biasOf(run, shape, head, first + i)) {
          gradientOfScores<true>(pRow, dRow, bias, from, visible, logSumExp, inner, bend);
        } else {
          gradientOfScores<false>(pRow, dRow, nullptr, from, visible, logSumExp, inner, bend);
        }
        for (std::int64_t j = begin; j < from; ++j)
          pRow[j] = dRow[j] = 0;
        for (std::int64_t j = visible; j < seenWide; ++j)
          pRow[j] = dRow[j] = 0;
      }
      gemm<Left::Plain, false>(rows, width, seen - begin, dp + begin, wide, k + begin * width, width, dq, width);
      for (std::int64_t i = 0; i < rows * width; ++i)
        dq[i] *= shape.scale;
      storeRows(dq, width, io.gradQ, query, rows, head * size, size);
      // The scale of dK is in q already.
      gemm<Left::Transposed, true>(seen - begin, width, rows, dp + begin, wide, q, width, dk + begin * width, width);
      gemm<Left::Transposed, true>(seen - begin, width, rows, p + begin, wide, gradOut, width, dv + begin * width, width);
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
