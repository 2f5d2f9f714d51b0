#include "core/inspection/sample.h"

#include "core/support/random.h"

#include <algorithm>
#include <numeric>

namespace incipit {

std::vector<std::uint32_t> sampleOrder(const Examples& examples, std::int64_t sample, std::uint64_t seed) {
  const auto all = static_cast<std::int64_t>(examples.items.size());
  const std::int64_t wanted = sample > 0 ? std::min(sample, all) : all;
  std::vector<std::uint32_t> order;
  if (wanted == all) {
    order.resize(static_cast<std::size_t>(all));
    std::iota(order.begin(), order.end(), 0u);
    return order;
  }
  const std::vector<std::int64_t> mixed = Random(seed).permutation(all);
  for (std::int64_t i = 0; i < wanted; ++i)
    order.push_back(static_cast<std::uint32_t>(mixed[static_cast<std::size_t>(i)]));
  return order;
}

Examples picked(const Examples& all, std::vector<std::uint32_t> places, bool withClasses) {
  Examples some = all;
  some.items = all.items.picked(std::move(places));
  if (!withClasses) some.classes.clear(), some.classTokens.clear();
  return some;
}

}  // namespace incipit
