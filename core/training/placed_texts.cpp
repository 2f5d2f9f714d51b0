#include "core/training/placed_texts.h"

#include <algorithm>

namespace incipit {
namespace {

// How many items all texts that have any begin with; 0 for a single one.
std::size_t commonBeginning(const std::vector<ReadRows>& texts) {
  const std::vector<std::int64_t>* first = nullptr;
  std::size_t common = 0, count = 0;
  for (const ReadRows& text : texts) {
    if (text.items.empty()) continue;
    if (count++ == 0) {
      first = &text.items;
      common = first->size();
      continue;
    }
    const auto end = first->begin() + static_cast<std::ptrdiff_t>(common);
    common = static_cast<std::size_t>(std::mismatch(first->begin(), end, text.items.begin(), text.items.end()).first - first->begin());
  }
  return count > 1 ? common : 0;
}

}  // namespace

ReadRows readRows(const Example& example, std::int64_t promptRows) {
  ReadRows rows{interleaved(example.ids.size(), example.places, promptRows), {}};
  for (std::size_t i = 0; i < rows.items.size(); ++i) {
    if (rows.items[i] < 0) continue;
    rows.items[i] = example.ids[static_cast<std::size_t>(rows.items[i])];
    rows.ofToken.push_back(i);
  }
  return rows;
}

PlacedTexts::PlacedTexts(const std::vector<ReadRows>& texts, bool shared, PlacedForest into)
    : m_texts(texts), m_into(into), m_common(shared ? commonBeginning(texts) : 0), m_added(texts.size()) {
  if (m_common == 0) return;
  const auto rooted = std::find_if(texts.begin(), texts.end(), [](const ReadRows& text) { return !text.items.empty(); });
  m_root = m_into.forest.add(-1, static_cast<std::int64_t>(m_common));
  for (std::size_t i = 0; i < m_common; ++i)
    append(rooted->items[i]);
}

void PlacedTexts::append(std::int64_t item) {
  m_into.sequence.push_back(std::min<std::int64_t>(item, 0));
  if (item >= 0) m_into.ids.push_back(item);
}

void PlacedTexts::add(std::size_t text) {
  const auto& items = m_texts[text].items;
  Added& added = m_added[text];
  added = {items.empty() ? -1 : m_root, m_into.forest.rows()};
  if (items.size() <= m_common) return;
  added.segment = m_into.forest.add(m_root, static_cast<std::int64_t>(items.size() - m_common));
  for (std::size_t i = m_common; i < items.size(); ++i)
    append(items[i]);
}

int PlacedTexts::segment(std::size_t text) const { return m_added[text].segment; }

std::int64_t PlacedTexts::row(std::size_t text, std::size_t item) const {
  const auto place = static_cast<std::int64_t>(item), common = static_cast<std::int64_t>(m_common);
  return item < m_common ? place : m_added[text].begin + place - common;
}

}  // namespace incipit
