// What the prompt of the run in view started from: made anew from the recipe and seed of the run, so it is the same to the last bit. It
// tells how far the run's prompts have moved, and belongs to those only.
#pragma once

#include "core/prompt/soft_prompt.h"
#include "core/tokenizer/tokenizer.h"

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <vector>

namespace incipit::ui {

struct OpenModel;
struct PromptInView;
class Workspace;

class StartOfRun : public QObject {
  Q_OBJECT
 public:
  // `purpose`: the lane it is made on, each listener its own.
  StartOfRun(Workspace& workspace, QString purpose, QObject* parent);

  // Null: not known (yet), or of another run than the prompt's.
  std::shared_ptr<const SoftPrompt> of(const PromptInView& prompt) const;
  // What each row started from: one token, several, or none.
  const std::vector<std::vector<TokenId>>& tokens() const { return m_tokens; }

 signals:
  void known();

 private:
  void make();

  Workspace& m_workspace;
  QString m_purpose;
  std::shared_ptr<const SoftPrompt> m_start;
  std::filesystem::path m_run;  // that m_start is of
  std::vector<std::vector<TokenId>> m_tokens;
};

}  // namespace incipit::ui
