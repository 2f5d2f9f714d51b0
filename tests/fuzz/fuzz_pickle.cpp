// The pickle inside a PyTorch file.
#include "core/tensor/pickle.h"
#include "tests/fuzz/fuzz.h"

#include <span>

namespace incipit::fuzz {

void target(std::string_view input) {
  constexpr std::string_view allowed[] = {"torch._utils._rebuild_tensor_v2", "torch.FloatStorage"};
  taken([&] {
    const Pickle pickle = readPickle(std::as_bytes(std::span(input)), allowed, "data.pkl");
    require(pickle.size <= input.size() && pickle.root < pickle.values.size(), "a pickle ends within its bytes");
    for (const PickleValue& value : pickle.values)
      for (const PickleIndex item : value.items)
        require(item < pickle.values.size(), "values consist of values");
  });
}

}  // namespace incipit::fuzz
