#include "ui/inspection/start_rows.h"

#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/workspace.h"

namespace incipit::ui {

StartSource startSourceOf(const Workspace& workspace) {
  const auto prompt = workspace.prompt();
  const auto run = workspace.run();
  if (!prompt || prompt->runFolder.empty()) return {};
  StartSource source{prompt->runFolder, workspace.model(), {}};
  if (run && run->folder == prompt->runFolder && run->isOf(source.model)) source.recipe = run->recipe;
  return source;
}

std::shared_ptr<const SoftPrompt> startFrom(const StartSource& source, const SoftPrompt& prompt) {
  if (source.empty()) return nullptr;
  std::optional<SoftPrompt> start;
  if (source.recipe)
    start = makePrompt(*source.recipe, *source.model->frozen, source.model->tokenizer.get());
  else
    start = readStart(source.runFolder);
  if (!start || start->length() != prompt.length() || start->width() != prompt.width()) return nullptr;
  start->origin.rowScale = prompt.origin.rowScale;
  return std::make_shared<const SoftPrompt>(std::move(*start));
}

}  // namespace incipit::ui
