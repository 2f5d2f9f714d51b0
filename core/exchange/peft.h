// The adapter folder of Hugging Face PEFT: adapter_config.json + adapter_model.safetensors, byte for byte where PEFT is deterministic.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <filesystem>
#include <vector>

namespace incipit {

// Writes adapter_config.json, adapter_model.safetensors and README.md (a model card); each file atomically. Returns the files.
std::vector<std::filesystem::path> writePeftAdapter(const std::filesystem::path& folder, const SoftPrompt& prompt);

// Reads a folder as PEFT (any version) writes it for CAUSAL_LM, SEQ_2_SEQ_LM or SEQ_CLS prompt tuning, with the head where it was trained.
// Missing known keys take PEFT's defaults, extra keys are ignored. Throws FormatError naming file and key: another peft_type, no tensor
// `prompt_embeddings`, a shape that contradicts the config.
SoftPrompt readPeftAdapter(const std::filesystem::path& folder);

}  // namespace incipit
