#include "core/tensor/tensor_file.h"

#include "core/support/error.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/torch_file.h"

namespace incipit {

TensorFile readTensorFile(const std::filesystem::path& file) {
  auto mapping = std::make_shared<const MappedFile>(file);
  if (looksLikeTorchFile(mapping->bytes())) return readTorchFile(file, std::move(mapping));
  const std::string ending = file.extension().string();
  if (ending == ".bin" || ending == ".pt" || ending == ".pth")
    throw FormatError("'" + file.string() + "' does not begin as a file that torch.save wrote.",
                      "It is damaged, or something else; get it again.");
  SafetensorsFile safetensors(file);
  return {file, safetensors.mapping(), safetensors.takeTensors()};
}

}  // namespace incipit
