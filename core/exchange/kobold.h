// KoboldAI's soft prompt: a zip archive with tensor.npy and meta.json.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <filesystem>

namespace incipit {

// meta.json holds name, author, supported (model names) and description; our origin stands beside them. Deflated: KoboldAI's own files
// are LZMA, and it reads both.
void writeKobold(const std::filesystem::path& file, const SoftPrompt& prompt);

// fp32 and fp16 arrays, and bf16 (two bytes without a type, as JAX stores it). Throws FormatError naming file and member.
SoftPrompt readKobold(const std::filesystem::path& file);

}  // namespace incipit
