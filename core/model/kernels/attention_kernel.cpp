#include "core/model/kernels/attention_kernel.h"

#include "core/model/attention_plan.h"
#include "core/model/kernels/small_gemm.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace incipit::kernels {
namespace {

constexpr std::int64_t block = 64;  // queries at a time: bounds the scratch and skips most of what causality forbids

// Scratch memory of one thread, grown once and kept.
struct Scratch {
  std::vector<float> keys, values, keysTransposed, valuesTransposed, queries, scores, gradScores, slopes, out, gradKeys, gradValues;
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

std::int64_t mostKeys(const AttentionPlan& plan) {
  std::int64_t most = 0;
  for (const QueryRun& run : plan.runs)
    most = std::max(most, keyCount(run));
  return most;
}

// How many rows the keys of two runs begin with alike.
std::int64_t keysInCommon(const QueryRun& a, const QueryRun& b) {
  std::int64_t common = 0;
  for (std::size_t i = 0; i < std::min(a.keys.size(), b.keys.size()) && a.keys[i].begin == b.keys[i].begin; ++i) {
    common += std::min(a.keys[i].length, b.keys[i].length);
    if (a.keys[i].length != b.keys[i].length) break;
  }
  return common;
}

// The head's columns of the run's key (or value) rows, one below the other: [T, width], columns beyond `size` zero. The first `kept` rows
// are there already.
template <class T>
INCIPIT_INLINE void gather(const QueryRun& run, std::int64_t kept, View<const T> from, std::int64_t column, std::int64_t size,
                           std::int64_t width, float* to) {
  for (const KeyRange& range : run.keys) {
    const std::int64_t skipped = std::min(kept, range.length);
    kept -= skipped, to += skipped * width;
    for (std::int64_t row = range.begin + skipped; row < range.begin + range.length; ++row, to += width) {
      const T* source = from.data + row * from.stride + column;
      for (std::int64_t j = 0; j < size; ++j)
        to[j] = toFloat(source[j]);
      for (std::int64_t j = size; j < width; ++j)
        to[j] = 0;
    }
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
// inner = rowsum(P * dP) is rowsum(out * gradOut), without the output: no layer has to keep that.
template <bool Biased>
INCIPIT_INLINE void gradientOfScores(float* p, float* d, float* slope, const float* bias, std::int64_t first, std::int64_t last,
                                     float logSumExp, float bend) {
  float inner = 0;
#pragma omp simd reduction(+ : inner)
  for (std::int64_t j = first; j < last; ++j) {
    const float s = p[j], x = s + (Biased ? bias[j] : 0.0f) - logSumExp;
    p[j] = expNegative(x < 0 ? x : 0);
    slope[j] = 1 - bend * s * s;
    inner += p[j] * d[j];
  }
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j)
    d[j] = p[j] * (d[j] - inner) * slope[j];
}

// The keys and values of one head, as fp32, in the scratch of this thread: rows of `width` numbers, and transposed [size, stride]. Runs
// follow each other there; what the next one's keys begin with alike, the prompt's rows above all, is loaded and turned once.
struct HeadRows {
  std::int64_t size, width, stride;
  const QueryRun* loaded = nullptr;

  HeadRows(const AttentionPlan& plan, const HeadShape& shape)
      : size(shape.size), width(padded(shape.size)), stride(padded(mostKeys(plan)) + lane) {}

  std::int64_t kept(const QueryRun& run) {
    const QueryRun* before = std::exchange(loaded, &run);
    return before == nullptr ? 0 : keysInCommon(*before, run);
  }
};

// Rows from `kept` on of a run's keys (or values), and their transpose, behind what is there.
INCIPIT_INLINE void transposeFrom(const HeadRows& rows, std::int64_t kept, std::int64_t count, const float* from, float* to) {
  transpose(from + kept * rows.width, count - kept, rows.size, rows.width, to + kept, rows.stride);
}

template <class T>
INCIPIT_INLINE void forwardOfRun(const QueryRun& run, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t group,
                                 HeadRows& rowsOfHead) {
  const std::int64_t count = static_cast<std::int64_t>(run.visible.size()), keys = keyCount(run);
  const std::int64_t size = shape.size, width = rowsOfHead.width, wide = rowsOfHead.stride;
  const std::int64_t queriesPerGroup = shape.heads / shape.keyValueHeads;
  Scratch& mine = scratch();
  float* k = room(mine.keys, wide * width);
  float* kt = room(mine.keysTransposed, size * wide);
  float* v = room(mine.values, wide * width);
  float* q = room(mine.queries, block * width);
  float* s = room(mine.scores, block * wide);
  float* o = room(mine.out, block * width);
  const std::int64_t kept = rowsOfHead.kept(run);
  gather(run, kept, io.k, group * size, size, width, k);
  gather(run, kept, io.v, group * size, size, width, v);
  transposeFrom(rowsOfHead, kept, keys, k, kt);

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

// to[rows of the keys [first, last) of the run] += weights^T x. weights: a row a query, stride `wide`, entry j that of key j; x [rows,
// width].
INCIPIT_INLINE void addToKeys(const QueryRun& run, std::int64_t first, std::int64_t last, std::int64_t rows, const float* weights,
                              std::int64_t wide, const float* x, std::int64_t width, float* to) {
  std::int64_t before = 0;
  for (const KeyRange& range : run.keys) {
    const std::int64_t from = std::max(first, before), end = std::min(last, before + range.length);
    if (from < end)
      gemm<Left::Transposed, true>(end - from, width, rows, weights + from, wide, x, width, to + (range.begin + from - before) * width,
                                   width);
    before += range.length;
  }
}

// The way back of one block of queries, as in FlashAttention (Dao et al. 2022): probabilities are computed again from the saved
// log-sum-exp, dS = P * (dP - rowsum(P * dP)). dk and dv [plan.rows, width] sum over the runs.
template <class T>
INCIPIT_INLINE void backwardOfRun(const QueryRun& run, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group,
                                  HeadRows& rowsOfHead, float* dk, float* dv) {
  const std::int64_t count = static_cast<std::int64_t>(run.visible.size()), keys = keyCount(run);
  const std::int64_t size = shape.size, width = rowsOfHead.width, wide = rowsOfHead.stride;
  const std::int64_t queriesPerGroup = shape.heads / shape.keyValueHeads;
  Scratch& mine = scratch();
  float* k = room(mine.keys, wide * width);
  float* kt = room(mine.keysTransposed, size * wide);
  float* v = room(mine.values, wide * width);
  float* vt = room(mine.valuesTransposed, size * wide);
  float* q = room(mine.queries, 2 * block * width);
  float* gradOut = q + block * width;
  float* p = room(mine.scores, block * wide);
  float* dp = room(mine.gradScores, block * wide);
  float* slope = room(mine.slopes, wide);
  float* dq = room(mine.out, block * width);
  const float bend = shape.softCap > 0 ? 1 / (shape.softCap * shape.softCap) : 0.0f;
  const std::int64_t kept = rowsOfHead.kept(run);
  gather(run, kept, io.k, group * size, size, width, k);
  gather(run, kept, io.v, group * size, size, width, v);
  transposeFrom(rowsOfHead, kept, keys, k, kt);
  transposeFrom(rowsOfHead, kept, keys, v, vt);

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
        float* pRow = p + i * wide;
        float* dRow = dp + i * wide;
        if (shape.softCap > 0) softCap(pRow, from, visible, shape.softCap);
        if (const float* bias = biasOf(run, shape, head, first + i)) {
          gradientOfScores<true>(pRow, dRow, slope, bias, from, visible, logSumExp, bend);
        } else {
          gradientOfScores<false>(pRow, dRow, slope, nullptr, from, visible, logSumExp, bend);
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
      addToKeys(run, begin, seen, rows, dp, wide, q, width, dk);  // the scale of dK is in q already
      addToKeys(run, begin, seen, rows, p, wide, gradOut, width, dv);
    }
}

template <class T>
INCIPIT_INLINE void forward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t firstRun,
                            std::int64_t lastRun, std::int64_t group) {
  HeadRows rows(plan, shape);
  for (std::int64_t run = firstRun; run < lastRun; ++run)
    forwardOfRun(plan.runs[static_cast<std::size_t>(run)], shape, io, group, rows);
}

template <class T>
INCIPIT_INLINE void backward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group) {
  HeadRows rows(plan, shape);
  Scratch& mine = scratch();
  float* dk = room(mine.gradKeys, plan.rows * rows.width);
  float* dv = room(mine.gradValues, plan.rows * rows.width);
  std::fill(dk, dk + plan.rows * rows.width, 0.0f);
  std::fill(dv, dv + plan.rows * rows.width, 0.0f);
  for (const QueryRun& run : plan.runs)
    backwardOfRun(run, shape, io, group, rows, dk, dv);
  storeRows(dk, rows.width, io.gradK, 0, plan.rows, group * shape.size, shape.size);
  storeRows(dv, rows.width, io.gradV, 0, plan.rows, group * shape.size, shape.size);
}

}  // namespace

INCIPIT_MULTIVERSION void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<float>& io,
                                           std::int64_t firstRun, std::int64_t lastRun, std::int64_t group) {
  forward(plan, shape, io, firstRun, lastRun, group);
}
INCIPIT_MULTIVERSION void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<Bf16>& io,
                                           std::int64_t firstRun, std::int64_t lastRun, std::int64_t group) {
  forward(plan, shape, io, firstRun, lastRun, group);
}
INCIPIT_MULTIVERSION void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<float>& io,
                                            std::int64_t group) {
  backward(plan, shape, io, group);
}
INCIPIT_MULTIVERSION void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<Bf16>& io,
                                            std::int64_t group) {
  backward(plan, shape, io, group);
}

}  // namespace incipit::kernels
