// Every form in which a soft prompt leaves and comes back: one visible list.
#pragma once

#include "core/prompt/soft_prompt.h"

#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

struct ExchangeFormat {
  std::string name;         // "peft", "npy", "kobold", "json", "safetensors" (the [P, H] tensor alone, vLLM's prompt_embeds)
  std::string title;        // for a menu: "PEFT adapter (folder)"
  std::string extension;    // ".npy"; empty when it is a folder
  std::string loadSnippet;  // a few lines of Python that load the exported file, with {path} for the path; empty when there are none
};
const std::vector<ExchangeFormat>& exchangeFormats();

// Writes `prompt`, its rows as they are (withRowScale() turns Gemma's into the other convention), in a format of the list; returns the
// files written. Throws PlanError for an unknown name (listing the known ones), FileError when the place cannot be written.
std::vector<std::filesystem::path> exportPrompt(const SoftPrompt& prompt, const std::string& format, const std::filesystem::path& path);

// One sentence for a prompt that stands where other programs cannot put it, among its text; empty for all others.
std::string placementWarning(const SoftPrompt& prompt);

// What stands at `path` already and would not be replaced: a README.md of somebody else in an adapter's folder. Empty: nothing.
std::filesystem::path keptFromExport(const std::string& format, const std::filesystem::path& path);

// ADAPTER of the command line: a PEFT folder, a run folder (its adapter/), a .npy of shape [P, H], or any file of the list.
// Refuses numbers that are not finite.
SoftPrompt readPrompt(const std::filesystem::path& path);

}  // namespace incipit
