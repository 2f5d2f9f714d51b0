#include "ui/workspace/asked.h"

#include "core/chat/chat_format.h"
#include "core/dataset/placement.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

namespace incipit::ui {

DataSettings settingsOfAsking(const Workspace& workspace, const std::shared_ptr<const PromptInView>& prompt) {
  DataSettings meant = workspace.plan().data;
  const auto run = workspace.run();
  if (prompt && prompt->runFolder.empty()) {
    meant.system = prompt->prompt.origin.use.system;  // where the prompt's own places are, if it was trained in one
    meant.chatTemplate = meant.system.empty() ? "none" : "auto";
  }
  if (prompt && run && !prompt->runFolder.empty() && prompt->runFolder == run->folder) meant = run->plan.data;
  return meant;
}

AskedText asked(const OpenModel& model, const SoftPrompt& prompt, const DataSettings& meant, const std::string& text, bool& inChat) {
  const auto& use = prompt.origin.use;
  const auto chat = openChatFormat(model.card().folder, meant.chatTemplate, placedText(meant.system).marked(0), meant.chatDate);
  inChat = chat != nullptr;
  return askedText(text, chat.get(), meant.system, *model.tokenizer, use.placed ? use.textTemplate : std::string());
}

DataSettings readingRows(const Workspace& workspace, const ReadData& data) {
  const auto prompt = workspace.prompt();
  const auto run = workspace.run();
  const bool ofRun =
      prompt && run && !prompt->runFolder.empty() && prompt->runFolder == run->folder && run->dataFingerprint == data.table->fingerprint;
  auto settings = ofRun ? run->plan.data : data.settings;
  // The template that is meant where none was typed depends on the chat; the chat itself is put around the text when it is asked.
  if (settings.textTemplate.empty() && workspace.model()) {
    settings.chat = openChatFormat(workspace.model()->card().folder, settings.chatTemplate, {}, settings.chatDate);
    settings.textTemplate = completed(settings, *data.table, data.reading()).textTemplate;
  }
  settings.chat = nullptr;
  return settings;
}

std::pair<QString, QString> askedRow(const ReadData& data, std::int64_t row, bool validation, const DataSettings& settings) {
  const auto& table = validation && data.validationTable ? *data.validationTable : *data.table;
  const auto [front, label] = rendered(table, row, settings, data.reading());
  return {toText(front), toText(label).trimmed()};
}

}  // namespace incipit::ui
