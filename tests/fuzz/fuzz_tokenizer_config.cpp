// What stands beside a tokenizer's own file: tokenizer_config.json, special_tokens_map.json, and config.json for its class.
#include "core/tokenizer/tokenizer_config.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  const auto files = parts(input, 3);
  folder.writeUnlessEmpty("tokenizer_config.json", files[0]);
  folder.writeUnlessEmpty("special_tokens_map.json", files[1]);
  folder.writeUnlessEmpty("config.json", files[2]);
  taken([] { readTokenizerConfig(folder.path(), "GPT2Tokenizer"); });
}

}  // namespace incipit::fuzz
