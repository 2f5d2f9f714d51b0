#include "core/model/kernels/attention_kernel.h"

#include "core/model/attention/attention_plan.h"
#include "core/model/kernels/small_gemm.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace incipit::kernels {
namespace {

constexpr std::int64_t block = 64;  // queries at a time: bounds the scratch and skips most of what causality forbids

// Scratch memory of one thread, grown once and kept.
struct Scratch {
  std::vector<float> keys, values, keysTransposed, valuesTransposed, queries, scores, gradScores, capped, out, gradKeys, gradValues;
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
  for (const RowRange& range : run.keys)
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
  for (const RowRange& range : run.keys) {
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

// What a block of the run's queries sees: columns are the run's keys, from the lane of the first that any query of the block sees.
template <int N>
INCIPIT_INLINE Stairs stairsOfBlock(const QueryRun& run, const HeadShape& shape, std::int64_t first, std::int64_t rows) {
  const std::int64_t* visible = run.visible.data() + first;
  return {visible, rows, firstKey(run, shape, first) / N * N, visible[rows - 1]};
}

// The keys [from, visible) that one query sees, in the columns [begin, end) of its block: both of them whole lanes.
struct Sight {
  std::int64_t begin, from, visible, end;
};

template <int N>
INCIPIT_INLINE Sight sightOf(const QueryRun& run, const HeadShape& shape, const Stairs& stairs, std::int64_t first, std::int64_t row) {
  return {stairs.begin, firstKey(run, shape, first + row), stairs.visible[row], padded<N>(stairs.end)};
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

// d(capped score) becomes d(score): times the slope 1 - (s / c)^2 of the soft cap.
INCIPIT_INLINE void throughSoftCap(const float* capped, float* d, std::int64_t first, std::int64_t last, float cap) {
  const float bend = 1 / (cap * cap);
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j)
    d[j] *= 1 - bend * capped[j] * capped[j];
}

INCIPIT_INLINE void add(const float* from, float* to, std::int64_t first, std::int64_t last) {
#pragma omp simd
  for (std::int64_t j = first; j < last; ++j)
    to[j] += from[j];
}

template <int N>
INCIPIT_INLINE void clear(float* row, std::int64_t first, std::int64_t last) {
  for (std::int64_t j = first; j < last; j += N)
    store<N>(row + j, Vector<N>{});
}

// Scores become probabilities, and zero what the query does not see. Returns their log-sum-exp.
template <int N>
INCIPIT_INLINE float softmax(float* row, const Sight& sight) {
  const std::int64_t last = padded<N>(sight.visible);
  const Vector<N> lowest = Vector<N>{} - 3e38f;
  Vector<N> highest = lowest;
  for (std::int64_t j = sight.begin; j < last; j += N)
    highest = larger<N>(highest, choose<N>(between<N>(j, sight.from, sight.visible), load<N>(row + j), lowest));
  const float top = largest<N>(highest);
  Vector<N> sums{};
  for (std::int64_t j = sight.begin; j < last; j += N) {
    const Vector<N> e = expNegative<Vector<N>>(load<N>(row + j) - top), seen = only<N>(between<N>(j, sight.from, sight.visible), e);
    store<N>(row + j, seen);
    sums += seen;
  }
  const float total = sum<N>(sums), share = 1 / total;
  for (std::int64_t j = sight.begin; j < last; j += N)
    store<N>(row + j, load<N>(row + j) * share);
  clear<N>(row, last, sight.end);
  return top + std::log(total);
}

// Scores become probabilities, d(probabilities) becomes d(scores), and both zero where the query does not see: dS = P (dP - inner).
// inner = rowsum(P * dP) is rowsum(out * gradOut), without the output: no layer has to keep that.
template <int N>
INCIPIT_INLINE void gradientOfScores(float* p, float* d, const Sight& sight, float logSumExp) {
  const std::int64_t last = padded<N>(sight.visible);
  Vector<N> sums{};
  for (std::int64_t j = sight.begin; j < last; j += N) {
    const Lanes<N> mask = between<N>(j, sight.from, sight.visible);
    const Vector<N> seen = only<N>(mask, expNegative<Vector<N>>(load<N>(p + j) - logSumExp));
    store<N>(p + j, seen);
    sums += seen * only<N>(mask, load<N>(d + j));
  }
  const float inner = sum<N>(sums);
  for (std::int64_t j = sight.begin; j < last; j += N)
    store<N>(d + j, load<N>(p + j) * only<N>(between<N>(j, sight.from, sight.visible), load<N>(d + j) - inner));
  clear<N>(p, last, sight.end);
  clear<N>(d, last, sight.end);
}

// The keys and values of one head, as fp32, in the scratch of this thread: rows of `width` numbers, and transposed [size, stride]. Runs
// follow each other there; what the next one's keys begin with alike, the prompt's rows above all, is loaded and turned once.
struct HeadRows {
  std::int64_t size, width, stride;
  const QueryRun* loaded = nullptr;

  HeadRows(const AttentionPlan& plan, const HeadShape& shape, std::int64_t lanes)
      : size(shape.size), width((size + lanes - 1) / lanes * lanes), stride((mostKeys(plan) / lanes + 2) * lanes) {}

  std::int64_t kept(const QueryRun& run) {
    const QueryRun* before = std::exchange(loaded, &run);
    return before == nullptr ? 0 : keysInCommon(*before, run);
  }
};

// Rows from `kept` on of a run's keys (or values), and their transpose, behind what is there.
template <int N>
INCIPIT_INLINE void transposeFrom(const HeadRows& rows, std::int64_t kept, std::int64_t count, const float* from, float* to) {
  transpose<N>(from + kept * rows.width, count - kept, rows.size, rows.width, to + kept, rows.stride);
}

template <int N, class T>
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
  transposeFrom<N>(rowsOfHead, kept, keys, k, kt);

  for (std::int64_t head = group * queriesPerGroup; head < (group + 1) * queriesPerGroup; ++head)
    for (std::int64_t first = 0; first < count; first += block) {
      const std::int64_t rows = std::min(block, count - first);
      const Stairs stairs = stairsOfBlock<N>(run, shape, first, rows);
      loadRows(io.q, run.firstQuery + first, rows, head * size, size, width, shape.scale, q);
      stairsOf<N>(stairs, size, {q, width, kt, wide, s, wide});
      for (std::int64_t i = 0; i < rows; ++i) {
        float* row = s + i * wide;
        const Sight sight = sightOf<N>(run, shape, stairs, first, i);
        if (shape.softCap > 0) softCap(row, sight.from, sight.visible, shape.softCap);
        if (const float* bias = biasOf(run, shape, head, first + i)) add(bias, row, sight.from, sight.visible);
        io.logSumExp[(run.firstQuery + first + i) * shape.heads + head] = softmax<N>(row, sight);
      }
      stairsTimes<N>(stairs, width, {s, wide, v, width, o, width});
      storeRows(o, width, io.out, run.firstQuery + first, rows, head * size, size);
    }
}

// to[rows of the run's keys] += weights^T x. weights: a row a query, stride `wide`; x [queries, width].
template <int N>
INCIPIT_INLINE void addToKeys(const QueryRun& run, const Stairs& stairs, const float* weights, std::int64_t wide, const float* x,
                              std::int64_t width, float* to) {
  std::int64_t before = 0;
  for (const RowRange& range : run.keys) {
    const std::int64_t first = std::max(stairs.begin, before), last = std::min(stairs.end, before + range.length);
    if (first < last)
      addTransposedStairsTimes<N>(stairs, first, last, width,
                                  {weights, wide, x, width, to + (range.begin + first - before) * width, width});
    before += range.length;
  }
}

// The backward pass of one block of queries, as in FlashAttention (Dao et al. 2022): probabilities are recomputed from the saved
// log-sum-exp, dS = P * (dP - rowsum(P * dP)). dk and dv [plan.rows, width] sum over the runs.
template <int N, class T>
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
  float* capped = room(mine.capped, wide);
  float* dq = room(mine.out, block * width);
  const std::int64_t kept = rowsOfHead.kept(run);
  gather(run, kept, io.k, group * size, size, width, k);
  gather(run, kept, io.v, group * size, size, width, v);
  transposeFrom<N>(rowsOfHead, kept, keys, k, kt);
  transposeFrom<N>(rowsOfHead, kept, keys, v, vt);

  for (std::int64_t head = group * queriesPerGroup; head < (group + 1) * queriesPerGroup; ++head)
    for (std::int64_t first = 0; first < count; first += block) {
      const std::int64_t rows = std::min(block, count - first), query = run.firstQuery + first;
      const Stairs stairs = stairsOfBlock<N>(run, shape, first, rows);
      loadRows(io.q, query, rows, head * size, size, width, shape.scale, q);
      loadRows(io.gradOut, query, rows, head * size, size, width, 1.0f, gradOut);
      stairsOf<N>(stairs, size, {q, width, kt, wide, p, wide});
      stairsOf<N>(stairs, size, {gradOut, width, vt, wide, dp, wide});
      for (std::int64_t i = 0; i < rows; ++i) {
        const Sight sight = sightOf<N>(run, shape, stairs, first, i);
        float* pRow = p + i * wide;
        float* dRow = dp + i * wide;
        if (shape.softCap > 0) {
          softCap(pRow, sight.from, sight.visible, shape.softCap);
          std::copy(pRow + sight.from, pRow + sight.visible, capped + sight.from);
        }
        if (const float* bias = biasOf(run, shape, head, first + i)) add(bias, pRow, sight.from, sight.visible);
        gradientOfScores<N>(pRow, dRow, sight, io.logSumExp[(query + i) * shape.heads + head]);
        if (shape.softCap > 0) throughSoftCap(capped, dRow, sight.from, sight.visible, shape.softCap);
      }
      stairsTimes<N>(stairs, width, {dp, wide, k, width, dq, width});
      for (std::int64_t i = 0; i < rows * width; ++i)
        dq[i] *= shape.scale;
      storeRows(dq, width, io.gradQ, query, rows, head * size, size);
      addToKeys<N>(run, stairs, dp, wide, q, width, dk);  // the scale of dK is in q already
      addToKeys<N>(run, stairs, p, wide, gradOut, width, dv);
    }
}

template <int N, class T>
INCIPIT_INLINE void forward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t firstRun,
                            std::int64_t lastRun, std::int64_t group) {
  HeadRows rows(plan, shape, N);
  for (std::int64_t run = firstRun; run < lastRun; ++run)
    forwardOfRun<N>(plan.runs[static_cast<std::size_t>(run)], shape, io, group, rows);
}

template <int N, class T>
INCIPIT_INLINE void backward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group) {
  HeadRows rows(plan, shape, N);
  Scratch& mine = scratch();
  float* dk = room(mine.gradKeys, plan.rows * rows.width);
  float* dv = room(mine.gradValues, plan.rows * rows.width);
  std::fill(dk, dk + plan.rows * rows.width, 0.0f);
  std::fill(dv, dv + plan.rows * rows.width, 0.0f);
  for (const QueryRun& run : plan.runs)
    backwardOfRun<N>(run, shape, io, group, rows, dk, dv);
  storeRows(dk, rows.width, io.gradK, 0, plan.rows, group * shape.size, shape.size);
  storeRows(dv, rows.width, io.gradV, 0, plan.rows, group * shape.size, shape.size);
}

}  // namespace

template <class T>
void attentionForward(const AttentionPlan& plan, const HeadShape& shape, const AttentionForward<T>& io, std::int64_t firstRun,
                      std::int64_t lastRun, std::int64_t group) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { forward<lanes()>(plan, shape, io, firstRun, lastRun, group); });
}
template void attentionForward(const AttentionPlan&, const HeadShape&, const AttentionForward<float>&, std::int64_t, std::int64_t,
                               std::int64_t);
template void attentionForward(const AttentionPlan&, const HeadShape&, const AttentionForward<Bf16>&, std::int64_t, std::int64_t,
                               std::int64_t);

template <class T>
void attentionBackward(const AttentionPlan& plan, const HeadShape& shape, const AttentionBackward<T>& io, std::int64_t group) {
  forThisProcessor([&](auto lanes) INCIPIT_INLINE_LAMBDA { backward<lanes()>(plan, shape, io, group); });
}
template void attentionBackward(const AttentionPlan&, const HeadShape&, const AttentionBackward<float>&, std::int64_t);
template void attentionBackward(const AttentionPlan&, const HeadShape&, const AttentionBackward<Bf16>&, std::int64_t);

}  // namespace incipit::kernels
