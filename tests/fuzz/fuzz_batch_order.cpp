// Where a run stood in its data: the text that a checkpoint keeps.
#include "core/dataset/examples.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  for (const bool shuffle : {true, false}) {
    BatchOrder order(12, 5, shuffle, 7);
    if (!taken([&] { order.restore(std::string(input)); })) continue;
    BatchOrder again(12, 5, shuffle, 8);
    again.restore(order.state());
    for (int i = 0; i < 4; ++i) {
      const std::vector<std::int64_t> batch = order.next();
      require(batch == again.next(), "a place in the data is found again");
      for (const std::int64_t example : batch)
        require(example >= 0 && example < 12, "a batch has examples that there are");
    }
  }
}

}  // namespace incipit::fuzz
