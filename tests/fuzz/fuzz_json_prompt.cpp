// A prompt as JSON.
#include "core/exchange/exchange.h"
#include "core/exchange/json_prompt.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  file.write(input);
  taken([] { readJsonPrompt(file.path()); });
  taken([] { readPrompt(file.path()); });
}

}  // namespace incipit::fuzz
