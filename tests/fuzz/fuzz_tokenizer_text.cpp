// A text for sound tokenizers: the demo's, and four that between them have most stations.
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokenize.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static const auto tokenizers = [] {
    std::vector<std::shared_ptr<const Tokenizer>> opened{openTokenizer(INCIPIT_RESOURCES_DIR "/demo/model")};
    for (const char* name : {"gemma_tiny", "gpt2_tiny", "llama_tiny", "t5_tiny"})
      opened.push_back(openTokenizer(std::filesystem::path(INCIPIT_FIXTURES_DIR "/tokenizers") / name));
    return opened;
  }();
  if (input.empty()) return;
  const auto& tokenizer = *tokenizers[static_cast<unsigned char>(input.front()) % tokenizers.size()];
  const std::string_view text = input.substr(1);
  taken([&] {
    const std::vector<TokenId> ids = tokenizer.encode(text, SpecialTokens::Add);
    for (const TokenId id : ids)
      require(id >= 0 && id < tokenizer.vocabularySize(), "a text becomes tokens of the vocabulary");
    tokenizer.decode(ids);
  });
}

}  // namespace incipit::fuzz
