// A model of given sizes with random weights, in GPT-2's or T5's layout: for measuring speed, which does not depend
// on the values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct ModelSizes {
  enum class Layout { Gpt2, T5 } layout;
  std::string_view name;  // "gpt2-small"
  std::int64_t layers, heads, hiddenSize, vocabularySize, contextLength;
};

// gpt2-small (124 M parameters), tiny (6 layers of 256), t5-small (61 M: six layers of 512 on each side).
const std::vector<ModelSizes>& knownSizes();
// Throws PlanError naming the known ones.
const ModelSizes& sizesOf(std::string_view name);

// config.json and model.safetensors (fp32, weights N(0, 0.02)), no tokenizer. The same weights every time.
void writeRandomModel(const std::filesystem::path& folder, const ModelSizes& sizes);

}  // namespace incipit
