// checkpoint/state.safetensors of a run.
#include "core/runs/checkpoint.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  file.write(input);
  taken([] { readCheckpointFile(file.path()); });
}

}  // namespace incipit::fuzz
