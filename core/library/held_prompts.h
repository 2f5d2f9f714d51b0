// The prompts that runs have kept, to be compared with each other: those of many runs, or those of one run step by step.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace incipit {

struct HeldPrompt {
  std::string name;  // of the run, or "step 120"
  SoftPrompt prompt;
  std::optional<SoftPrompt> start;  // where the run keeps it
};

// The newest `most` runs below `root` whose prompt was made for the weights with this fingerprint. What cannot be read is left out.
std::vector<HeldPrompt> promptsOfRuns(const std::filesystem::path& root, const std::string& weightFingerprint, std::size_t most,
                                      std::stop_token stop = {});
// Stored steps of a run, evenly spread, the first and the last among them. Throws what readSnapshot throws.
std::vector<HeldPrompt> promptsOfSteps(const std::filesystem::path& run, std::size_t most, std::stop_token stop = {});

}  // namespace incipit
