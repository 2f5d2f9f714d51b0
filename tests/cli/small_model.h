// A model folder of its own for a test to break: the GPT-2 fixture (300 tokens, context 64) with a tokenizer of 300 tokens beside it.
#pragma once

#include "tests/harness/harness.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace incipit::test {

inline std::filesystem::path smallModel(const std::string& name) {
  const auto folder = scratch(name) / name;
  std::filesystem::copy(fixtures() / "gpt2" / "model", folder);
  using Options = std::filesystem::copy_options;  // without `recursive`, a folder is not copied at all
  std::filesystem::copy(fixtures() / "tokenizers" / "gpt2_tiny", folder, Options::recursive | Options::overwrite_existing);
  return folder;
}

inline void write(const std::filesystem::path& file, const std::string& content) { std::ofstream(file, std::ios::binary) << content; }

inline void changeConfig(const std::filesystem::path& model, const std::string& key, const nlohmann::json& value) {
  std::ifstream in(model / "config.json");
  auto config = nlohmann::json::parse(in);
  config[key] = value;
  write(model / "config.json", config.dump());
}

}  // namespace incipit::test
