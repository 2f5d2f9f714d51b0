// Memory that runs out at will. A program linked with failing_memory.cpp takes from there all that is allocated in it, by C++ and by C libraries
// alike; under a sanitizer, whose allocator is its own, only what C++ allocates.
#pragma once

namespace incipit::test {

enum class Shortage { Once, Lasting };  // only allocation k fails, or all from there on

// While it lives, the allocations of this thread are counted, and number `at` (from 1; 0: none) fails. One at a time.
class FailingMemory {
 public:
  explicit FailingMemory(long at = 0, Shortage shortage = Shortage::Once);
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;
};

long allocationsCounted();  // by the last one

}  // namespace incipit::test
