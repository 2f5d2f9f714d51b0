// One loop over units of work of different sizes, on all threads.
#pragma once

#include <ATen/Parallel.h>
#include <algorithm>
#include <atomic>
#include <cstdint>

namespace incipit {

// Hands out units 0 .. count-1 to the threads one by one: units differ in size.
template <class Work>
void shareOut(std::int64_t count, const Work& work) {
  std::atomic<std::int64_t> next = 0;
  const auto threads = std::min<std::int64_t>(at::get_num_threads(), count);
  at::parallel_for(0, threads, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t thread = first; thread < last; ++thread)
      for (std::int64_t unit = next++; unit < count; unit = next++)
        work(unit);
  });
}

}  // namespace incipit
