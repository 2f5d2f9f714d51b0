// KoboldAI's soft prompt: a zip archive with a NumPy array and a description.
#include "core/exchange/kobold.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  file.write(input);
  taken([] { readKobold(file.path()); });
}

}  // namespace incipit::fuzz
