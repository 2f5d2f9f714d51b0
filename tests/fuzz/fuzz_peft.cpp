// A PEFT adapter's folder: its configuration, our note beside it, and its tensors as safetensors, or from "PK" on as a PyTorch file.
#include "core/exchange/exchange.h"
#include "core/exchange/model_card.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFolder folder;
  const auto files = parts(input, 4);
  const bool archive = files[3].starts_with("PK");
  folder.writeUnlessEmpty("adapter_config.json", files[0]);
  folder.writeUnlessEmpty("incipit_origin.json", files[1]);
  folder.writeUnlessEmpty("README.md", files[2]);
  folder.writeUnlessEmpty("adapter_model.safetensors", archive ? "" : files[3]);
  folder.writeUnlessEmpty("adapter_model.bin", archive ? files[3] : "");
  taken([] {
    const SoftPrompt prompt = readPrompt(folder.path());
    require(prompt.rows.values.size() == static_cast<std::size_t>(prompt.length() * prompt.width()), "a prompt has all its rows");
    modelCard(prompt);
  });
  taken([] { isForeignCard(folder.path() / "README.md"); });
}

}  // namespace incipit::fuzz
