// Tokenizers of more than one file: vocab.json with merges.txt, or vocab.txt; what tokenizer_config.json says; and a text.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokenize.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  const auto files = parts(input, 5);
  folder.writeUnlessEmpty("tokenizer_config.json", files[0]);
  folder.writeUnlessEmpty("vocab.json", files[2]);
  folder.writeUnlessEmpty("merges.txt", files[3]);
  folder.writeUnlessEmpty("vocab.txt", files[4]);
  taken([&] { tokenize(*openTokenizer(folder.path()), files[1]); });
}

}  // namespace incipit::fuzz
