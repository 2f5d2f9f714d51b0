// A sentencepiece model as T5's and as Llama's, the settings beside it, and a text.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokenize.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder t5, llama;
  const auto files = parts(input, 3);
  t5.write("spiece.model", files[2]);
  llama.write("tokenizer.model", files[2]);
  for (MemoryFolder* folder : {&t5, &llama}) {
    folder->writeUnlessEmpty("tokenizer_config.json", files[0]);
    taken([&] { tokenize(*openTokenizer(folder->path()), files[1]); });
  }
}

}  // namespace incipit::fuzz
