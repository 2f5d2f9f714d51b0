// What PyTorch's torch.save writes (pytorch_model.bin, adapter_model.bin, *.pt): a pickle that says which tensors there are, and their
// numbers beside it. Only tensors can come out: nothing in the file is run.
#pragma once

#include "core/tensor/tensor_file.h"

#include <memory>
#include <span>

namespace incipit {

// A zip archive, or the plain file that PyTorch wrote before version 1.6.
bool looksLikeTorchFile(std::span<const std::byte> bytes);

// The dictionary of tensors the file holds; a tensor saved alone is called "tensor". Storages that tensors share are shared here, and a
// tensor may be a window onto its storage (strides). Throws FormatError, naming whatever is no tensor.
TensorFile readTorchFile(const std::filesystem::path& file, std::shared_ptr<const MappedFile> mapping);

}  // namespace incipit
