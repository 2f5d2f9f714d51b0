// A file of named tensors, whatever its format: safetensors, or what PyTorch's torch.save writes.
#pragma once

#include "core/support/mapped_file.h"
#include "core/tensor/tensor_entry.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace incipit {

struct TensorFile {
  std::filesystem::path path;
  std::shared_ptr<const MappedFile> mapping;  // the tensors' bytes lie in it
  std::map<std::string, TensorEntry> tensors;
};

// Told by how the file begins. Nothing is copied, and every size and offset is checked against the file before it is handed out.
// Throws FormatError with file, tensor and what is wrong.
TensorFile readTensorFile(const std::filesystem::path& file);

}  // namespace incipit
