#include "core/dataset/repeated_texts.h"

#include <algorithm>
#include <functional>

namespace incipit {

// Of five million texts, two different ones have the same 64 bits once in a million times.
void RepeatedTexts::add(std::string_view text, std::string_view label, bool validation, std::int64_t row) {
  const std::hash<std::string_view> hash;
  m_seen.push_back({hash(text), static_cast<std::uint32_t>(hash(label)), static_cast<std::uint32_t>(row << 1U | (validation ? 1 : 0))});
}

RepeatedTexts::Found RepeatedTexts::find() {
  std::ranges::sort(m_seen, [](const Seen& a, const Seen& b) { return a.text != b.text ? a.text < b.text : a.place < b.place; });
  Found found;
  for (auto begin = m_seen.begin(); begin != m_seen.end();) {
    const auto end = std::find_if(begin, m_seen.end(), [&](const Seen& seen) { return seen.text != begin->text; });
    std::vector<Seen> training;
    for (auto seen = begin; seen != end; ++seen)
      if ((seen->place & 1U) == 0) training.push_back(*seen);
    const bool different = std::ranges::any_of(training, [&](const Seen& seen) { return seen.label != training.front().label; });
    if (different) ++found.contradictions;
    for (std::size_t i = 0; i < training.size(); ++i) {
      const std::int64_t row = training[i].place >> 1U;
      if (i > 0) found.copies.push_back(row);
      if (different) found.contradictory.push_back(row);
    }
    for (auto seen = begin; seen != end; ++seen)
      if ((seen->place & 1U) != 0 && !training.empty()) found.overlap.push_back(seen->place >> 1U);
    begin = end;
  }
  for (auto* rows : {&found.copies, &found.contradictory, &found.overlap})
    std::ranges::sort(*rows);
  std::vector<Seen>().swap(m_seen);
  return found;
}

}  // namespace incipit
