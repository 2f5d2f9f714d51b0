// Where the rows of the prompt in view started: made anew from its run's recipe, to the last bit, or read from the run's folder.
#pragma once

#include "core/prompt/recipe.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace incipit::ui {

struct OpenModel;
class Workspace;

// What they are found by; nothing of a prompt that is a start itself, or comes without a run.
struct StartSource {
  std::filesystem::path runFolder;
  std::shared_ptr<const OpenModel> model;
  std::optional<PromptRecipe> recipe;

  bool empty() const { return runFolder.empty() || !model; }
  bool isLike(const StartSource& other) const { return runFolder == other.runFolder && model == other.model; }
};
StartSource startSourceOf(const Workspace& workspace);

// On a lane. Null: nobody kept it, or it does not fit `prompt`.
std::shared_ptr<const SoftPrompt> startFrom(const StartSource& source, const SoftPrompt& prompt);

}  // namespace incipit::ui
