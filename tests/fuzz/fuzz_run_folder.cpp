// The folder of a run as another program may have left it: plan.json and events.jsonl.
#include "core/runs/run_folder.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  const auto files = parts(input, 2);
  folder.writeUnlessEmpty("plan.json", files[0]);
  folder.writeUnlessEmpty("events.jsonl", files[1]);
  taken([] { readRun(folder.path()); });
}

}  // namespace incipit::fuzz
