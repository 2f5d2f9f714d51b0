#include "core/model/attention/forest.h"

#include <algorithm>

namespace incipit {

int Forest::add(int parent, std::int64_t length, int source) {
  if (m_batches.empty()) m_batches.push_back({0, 0});
  std::int64_t position = 0;
  if (parent >= 0) {
    const Segment& above = m_segments[static_cast<std::size_t>(parent)];
    position = above.position + above.length;
    source = above.source;
  }
  m_segments.push_back({parent, m_rows, length, position, source});
  m_rows += length;
  return static_cast<int>(m_segments.size()) - 1;
}

void Forest::append(const Forest& other, int sources) {
  const int before = static_cast<int>(m_segments.size());
  for (const Start& batch : other.m_batches)
    m_batches.push_back({batch.segment + m_segments.size(), batch.length});
  for (const Segment& segment : other.m_segments)
    add(segment.parent < 0 ? -1 : segment.parent + before, segment.length, segment.source < 0 ? -1 : segment.source + sources);
}

void Forest::extendLast(std::int64_t rows) {
  m_segments.back().length += rows;
  m_rows += rows;
}

void Forest::padTo(std::int64_t length) {
  if (!m_batches.empty()) m_batches.back().length = std::max(m_batches.back().length, length);
}

std::vector<std::int64_t> Forest::positions(std::int64_t firstRow) const {
  std::vector<std::int64_t> positions;
  positions.reserve(static_cast<std::size_t>(m_rows - firstRow));
  for (const Segment& segment : m_segments)
    for (std::int64_t row = std::max(segment.begin, firstRow); row < segment.begin + segment.length; ++row)
      positions.push_back(segment.position + row - segment.begin);
  return positions;
}

std::int64_t Forest::depth() const {
  std::int64_t deepest = 0;
  for (const Segment& segment : m_segments)
    deepest = std::max(deepest, segment.position + segment.length);
  return deepest;
}

std::vector<TextBatch> Forest::batches() const {
  std::vector<TextBatch> batches;
  for (std::size_t i = 0; i < m_batches.size(); ++i) {
    const std::size_t end = i + 1 < m_batches.size() ? m_batches[i + 1].segment : m_segments.size();
    TextBatch batch{{0, 0}, 0, m_batches[i].length};
    for (std::size_t index = m_batches[i].segment; index < end; ++index) {
      const Segment& segment = m_segments[index];
      if (index == m_batches[i].segment) batch.rows.begin = segment.begin;
      batch.rows.length += segment.length;
      batch.depth = std::max(batch.depth, segment.position + segment.length);
    }
    if (batch.rows.length == 0) continue;
    batch.length = std::max(batch.length, batch.depth);
    batches.push_back(batch);
  }
  return batches;
}

}  // namespace incipit
