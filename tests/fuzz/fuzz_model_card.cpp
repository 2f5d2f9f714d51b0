// config.json and generation_config.json of a model's folder, up to the frequencies of its positions.
#include "core/model/card/card.h"
#include "core/model/positions/rope_scaling.h"
#include "tests/fuzz/fuzz.h"

namespace incipit {

// What open_model.cpp says; there the functions that make the models stand beside the names, and they need LibTorch.
std::vector<std::string> supportedFamilies() {
  return {"gpt2", "llama",  "mistral", "qwen2", "qwen3", "gemma", "gemma2", "phi",
          "phi3", "falcon", "opt",     "bloom", "t5",    "bert",  "roberta"};
}

}  // namespace incipit

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  const auto files = parts(input, 2);
  folder.write("config.json", files[0]);
  folder.writeUnlessEmpty("generation_config.json", files[1]);
  taken([] {
    const ModelCard card = readCard(folder.path());
    require(card.vocabularySize >= 0 && card.hiddenSize >= 0 && card.layers >= 0 && card.heads >= 0, "sizes are sizes");
    const RopeScaling scaling(card);
    scaling.sentence();
    for (const std::int64_t length : {std::int64_t{1}, card.contextLength, 2 * card.contextLength})
      scaling.frequencies(64, scaling.decidingLength(length));
  });
}

}  // namespace incipit::fuzz
