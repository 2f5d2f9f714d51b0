// What torch.save writes, in both of its layouts.
#include "core/tensor/floats.h"
#include "core/tensor/torch_file.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  static MemoryFile file;
  file.write(input);
  taken([] {
    const TensorFile tensors = readTorchFile(file.path(), std::make_shared<const MappedFile>(file.path()));
    for (const auto& [name, entry] : tensors.tensors)
      if (entry.elements() < 1 << 20) taken([&, &name = name] { matrixFrom(tensors, name); });
  });
}

}  // namespace incipit::fuzz
