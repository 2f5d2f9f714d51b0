// The head that is trained with a prompt, as tensors of a file beside the prompt's own.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/tensor_file.h"

#include <string>
#include <vector>

namespace incipit {

// Appends the head's parts, each name behind `prefix`. They point into `head`, which has to outlive them.
void addHead(std::vector<TensorToWrite>& tensors, const ClassHead& head, const std::string& prefix);

// The head whose parts stand behind `prefix`; empty when the file has none. Throws FormatError naming a tensor of a wrong shape or type.
ClassHead headFrom(const TensorFile& file, const std::string& prefix);

// Throws FormatError when a format has no room for the prompt's head: without it the prompt would be worth nothing.
void refuseHead(const SoftPrompt& prompt, const std::string& format);

}  // namespace incipit
