// tokenizer.json with all its stations, and a text.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokenize.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  const auto both = parts(input, 2);
  file.write(both[0]);
  taken([&] { tokenize(*openTokenizerFile(file.path()), both[1]); });
}

}  // namespace incipit::fuzz
