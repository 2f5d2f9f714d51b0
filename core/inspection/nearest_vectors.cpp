#include "core/inspection/nearest_vectors.h"

#include "core/inspection/vectors.h"
#include "core/model/kernels/share_out.h"
#include "core/model/weights/packed_weight.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace incipit {
namespace {

constexpr std::int64_t wantedRows = 128, pointRows = 2048;  // a tile
constexpr int lane = 16;                                    // scores looked at together

using Scored = std::pair<float, std::int32_t>;

at::Tensor tensorOf(const Matrix& matrix) { return at::from_blob(const_cast<float*>(matrix.values.data()), {matrix.rows, matrix.columns}); }

// Distances do not change, and squares minus products keep more digits where everything lies around zero.
Matrix around(const Matrix& rows, const std::vector<float>& middle) {
  Matrix moved = rows;
  for (std::int64_t i = 0; i < moved.rows; ++i)
    for (std::size_t j = 0; j < middle.size(); ++j)
      moved.row(i)[j] -= middle[j];
  return moved;
}

// The k smallest scores of one row, the worst of them on top.
class Smallest {
 public:
  explicit Smallest(std::int64_t k) : m_k(static_cast<std::size_t>(k)) { m_heap.reserve(m_k + 1); }
  float limit() const { return m_heap.size() < m_k ? std::numeric_limits<float>::infinity() : m_heap.front().first; }
  void offer(float score, std::int32_t id) {
    if (m_heap.size() == m_k && Scored(score, id) >= m_heap.front()) return;
    m_heap.emplace_back(score, id);
    std::push_heap(m_heap.begin(), m_heap.end());
    if (m_heap.size() <= m_k) return;
    std::pop_heap(m_heap.begin(), m_heap.end());
    m_heap.pop_back();
  }
  const std::vector<Scored>& kept() const { return m_heap; }

 private:
  std::size_t m_k;
  std::vector<Scored> m_heap;
};

// Scores |p|^2 - 2 w.p of a row of a tile; `self`: no neighbour of its own, -1: all may be.
void offerAll(Smallest& best, const float* dots, const float* squares, std::int64_t first, std::int64_t count, std::int64_t self) {
  for (std::int64_t from = 0; from < count; from += lane) {
    float scores[lane];
    const std::int64_t here = std::min<std::int64_t>(lane, count - from);
    for (std::int64_t i = 0; i < here; ++i)
      scores[i] = squares[from + i] - 2 * dots[from + i];
    float least = scores[0];
    for (std::int64_t i = 1; i < here; ++i)
      least = std::min(least, scores[i]);
    if (least > best.limit()) continue;
    for (std::int64_t i = 0; i < here; ++i)
      if (first + from + i != self) best.offer(scores[i], static_cast<std::int32_t>(first + from + i));
  }
}

NearestVectors search(const Matrix& wanted, const Matrix& points, std::int64_t k, bool amongThemselves, const Watch& watch) {
  NearestVectors found{wanted.rows, std::max<std::int64_t>(0, std::min(k, points.rows - (amongThemselves ? 1 : 0))), {}, {}};
  found.ids.resize(static_cast<std::size_t>(found.count * found.k));
  found.distances.resize(found.ids.size());
  if (found.ids.empty()) return found;
  const std::vector<float> middle = meanRow(points);
  const Matrix near = around(points, middle), far = amongThemselves ? Matrix() : around(wanted, middle);
  const at::Tensor pointsThere = tensorOf(near), wantedThere = amongThemselves ? pointsThere : tensorOf(far);
  std::vector<float> squares;
  for (std::int64_t i = 0; i < near.rows; ++i)
    squares.push_back(static_cast<float>(dot(near.row(i), near.row(i))));
  std::vector<std::unique_ptr<PackedWeight>> pointTiles;  // read by every tile of the wanted rows, so packed once
  for (std::int64_t first = 0; first < points.rows; first += pointRows)
    pointTiles.push_back(
        std::make_unique<PackedWeight>(pointsThere.narrow(0, first, std::min(pointRows, points.rows - first)).t(), at::Tensor()));
  const std::int64_t tiles = (wanted.rows + wantedRows - 1) / wantedRows, together = 2 * at::get_num_threads();
  for (std::int64_t begun = 0; begun < tiles; begun += together) {
    watch.at(static_cast<double>(begun) / static_cast<double>(tiles));
    shareOut(std::min(together, tiles - begun), [&](std::int64_t unit) {
      const at::NoGradGuard noGrad;
      const std::int64_t from = (begun + unit) * wantedRows, rows = std::min(wantedRows, wanted.rows - from);
      std::vector<Smallest> best(static_cast<std::size_t>(rows), Smallest(found.k));
      for (std::int64_t first = 0; first < points.rows; first += pointRows) {
        const std::int64_t count = std::min(pointRows, points.rows - first);
        PackedWeight& tile = *pointTiles[static_cast<std::size_t>(first / pointRows)];
        const at::Tensor dots = tile.forward(wantedThere.narrow(0, from, rows), at::Tensor(), at::kFloat, true);  // [rows, count]
        for (std::int64_t row = 0; row < rows; ++row)
          offerAll(best[static_cast<std::size_t>(row)], dots.data_ptr<float>() + row * count, squares.data() + first, first, count,
                   amongThemselves ? from + row : -1);
      }
      for (std::int64_t row = 0; row < rows; ++row) {
        std::vector<Scored> nearest = best[static_cast<std::size_t>(row)].kept();
        for (auto& [score, id] : nearest)
          score = static_cast<float>(distance(wanted.row(from + row), points.row(id)));
        std::sort(nearest.begin(), nearest.end());
        for (std::size_t i = 0; i < nearest.size(); ++i) {
          const std::size_t at = static_cast<std::size_t>((from + row) * found.k) + i;
          found.distances[at] = nearest[i].first, found.ids[at] = nearest[i].second;
        }
      }
    });
  }
  return found;
}

}  // namespace

NearestVectors nearestVectors(const Matrix& points, std::int64_t k, const Watch& watch) { return search(points, points, k, true, watch); }

NearestVectors nearestVectors(const Matrix& wanted, const Matrix& points, std::int64_t k, const Watch& watch) {
  return search(wanted, points, k, false, watch);
}

NearestVectors firstOf(const NearestVectors& nearest, std::int64_t k) {
  NearestVectors first{nearest.count, std::min(k, nearest.k), {}, {}};
  for (std::int64_t i = 0; i < nearest.count; ++i) {
    const auto ids = nearest.idsOf(i).first(static_cast<std::size_t>(first.k));
    const auto distances = nearest.distancesOf(i).first(static_cast<std::size_t>(first.k));
    first.ids.insert(first.ids.end(), ids.begin(), ids.end());
    first.distances.insert(first.distances.end(), distances.begin(), distances.end());
  }
  return first;
}

}  // namespace incipit
