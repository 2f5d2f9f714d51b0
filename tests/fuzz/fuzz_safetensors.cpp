// Weights as safetensors.
#include "core/tensor/floats.h"
#include "core/tensor/safetensors.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  file.write(input);
  taken([&] {
    const SafetensorsFile tensors(file.path());
    for (const auto& [name, entry] : tensors.tensors()) {
      require(entry.bytes.size() <= input.size(), "a tensor lies within its file");
      require(entry.bytes.size() == static_cast<std::size_t>(entry.elements()) * bytesPerElement(entry.type), "and fills its place");
      taken([&, &name = name] { matrixFrom(tensors, name); });
    }
  });
}

}  // namespace incipit::fuzz
