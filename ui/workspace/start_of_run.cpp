#include "ui/workspace/start_of_run.h"

#include "core/prompt/recipe.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/workspace.h"

#include <utility>

namespace incipit::ui {

StartOfRun::StartOfRun(Workspace& workspace, QString purpose, QObject* parent)
    : QObject(parent), m_workspace(workspace), m_purpose(std::move(purpose)) {
  connect(&workspace, &Workspace::runStarted, this, &StartOfRun::make);
  connect(&workspace, &Workspace::modelChanged, this, &StartOfRun::make);
}

std::shared_ptr<const SoftPrompt> StartOfRun::of(const PromptInView& prompt) const {
  const bool its =
      m_start && prompt.runFolder == m_run && m_start->length() == prompt.prompt.length() && m_start->width() == prompt.prompt.width();
  return its ? m_start : nullptr;
}

void StartOfRun::make() {
  m_start.reset();
  m_tokens.clear();
  m_run.clear();
  const auto run = m_workspace.run();
  const auto model = m_workspace.model();
  if (!run || !run->recipe || !run->isOf(model)) return;
  m_workspace.jobs().quick(
      m_purpose, this, [recipe = *run->recipe, model](Job&) { return makePrompt(recipe, *model->frozen, model->tokenizer.get()); },
      [this, run, model](SoftPrompt start) {
        if (!m_workspace.run() || run->folder != m_workspace.run()->folder || model != m_workspace.model()) return;
        m_run = run->folder;
        m_start = std::make_shared<const SoftPrompt>(std::move(start));
        if (model->tokenizer)
          for (auto& row : layOut(*run->recipe, *model->tokenizer, model->card().vocabularySize).rows)
            m_tokens.push_back(std::move(row.tokens));
        emit known();
      });
}

}  // namespace incipit::ui
