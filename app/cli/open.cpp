#include "app/cli/open.h"

#include "app/cli/terminal.h"
#include "core/chat/chat_format.h"
#include "core/exchange/exchange.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/training/plan_fields.h"

#include <CLI/CLI.hpp>

namespace incipit::cli {

void addModelFlags(CLI::App& command, ModelChoice& choice) {
  command.add_option("MODEL", choice.model, "Model folder, name in the Hugging Face cache, or \"demo\"")->type_name("")->required();
  command.add_option("--precision", choice.precision, "How to compute")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command.add_option("--device", choice.device, "auto, cpu, cuda or cuda:N")->capture_default_str();
  command.add_option("--threads", choice.threads, "0: the processor's cores")->check(CLI::Range(0, 1024))->capture_default_str();
}

void addJsonFlag(CLI::App& command, bool& json) { command.add_flag("--json", json, "Print the result as JSON"); }

OpenedModel open(const ModelChoice& choice, const std::string& promptPath) {
  useThreads(choice.threads);
  const auto folder = findModel(choice.model);
  OpenedModel opened;
  if (!promptPath.empty()) settleRun(promptPath);
  const bool classify = !promptPath.empty() && readPrompt(promptPath).origin.task == PromptTask::SeqCls;
  opened.model = openModel(folder, {precisionFrom(choice.precision), choice.device, classify});
  if (inspectModel(folder).hasTokenizer) opened.tokenizer = openTokenizer(folder);
  return opened;
}

void addChatFlags(CLI::App& command, ChatChoice& choice) {
  command.add_option("--chat-template", choice.chatTemplate, planField("chat_template")->help)->type_name("auto|none|FILE");
  command.add_option("--system", choice.system, planField("system")->help);
}

AskedText askedText(const std::string& text, const ChatChoice& choice, const std::string& promptPath, const SoftPrompt& prompt,
                    const OpenedModel& opened) {
  if (opened.tokenizer == nullptr)
    throw ModelError("The model folder has no tokenizer, so the text cannot be turned into tokens.", "Give token ids with --ids 1,2,3.");
  DataSettings meant;  // as the run has it that the prompt is from
  meant.chatTemplate = promptPath.empty() ? "auto" : "none";
  std::error_code ignored;
  if (!promptPath.empty() && std::filesystem::exists(std::filesystem::path(promptPath) / "plan.json", ignored))
    meant = readRun(promptPath).plan.data;
  const PromptUse& use = prompt.origin.use;
  if (meant.system.empty() && !use.system.empty()) {  // an adapter whose prompt stands in the system text of a chat
    meant.system = use.system;
    meant.chatTemplate = "auto";
  }
  if (!choice.chatTemplate.empty()) meant.chatTemplate = choice.chatTemplate;
  if (!choice.system.empty()) meant.system = choice.system;
  const auto chat = openChatFormat(opened.model->card().folder, meant.chatTemplate, placedText(meant.system).marked(0), meant.chatDate);
  if (chat) note("The text stands in the " + chat->chatTemplate().origin() + " (--chat-template none: as it is).");
  AskedText asked = incipit::askedText(text, chat.get(), meant.system, *opened.tokenizer, use.placed ? use.textTemplate : std::string());
  if (asked.inTemplate)
    note("The text stands in the template that the prompt was trained in: '" + use.textTemplate +
         "' (write {virtual_tokens} into the text to place them otherwise).");
  return asked;
}

AskedText askedIds(std::vector<TokenId> ids, const SoftPrompt& prompt) {
  if (prompt.origin.use.placed)
    note("The prompt stands in front of the token ids; it was trained among its text: '" + prompt.origin.use.textTemplate + "'.");
  return {std::move(ids), {}, false};
}

void addGemmaFlag(CLI::App& command, std::string& gemmaPrompt) {
  command
      .add_option("--gemma-prompt", gemmaPrompt,
                  "Gemma: the prompt's rows are scaled (transformers 5) or unscaled (up to 4); otherwise as its file says")
      ->check(CLI::IsMember({"scaled", "unscaled"}));
}

void checkGemmaFlag(const std::string& flag, const std::string& value, const FrozenModel& model) {
  if (!value.empty() && model.card().embeddingScale == 1)
    throw PlanError("'" + model.card().name + "' is not a Gemma, and only Gemma's prompts have two meanings.", "Leave " + flag + " away.");
}

void noteRowScale(const std::string& path, RowScale scale, bool assumed) {
  if (assumed)
    note("'" + path + "' does not say what its rows mean to Gemma: they are taken as scaled, as transformers 5 has them (--gemma-prompt " +
         "unscaled: as up to transformers 4).");
  else if (scale == RowScale::Unscaled)
    note("The rows of '" + path + "' are unscaled, as transformers up to 4 has them.");
}

SoftPrompt openPrompt(const std::string& path, const FrozenModel& model, const std::string& gemmaPrompt) {
  checkGemmaFlag("--gemma-prompt", gemmaPrompt, model);
  if (path.empty()) return {};
  SoftPrompt prompt = readPrompt(path);
  checkFits(prompt, model);
  if (!gemmaPrompt.empty()) prompt.origin.rowScale = rowScaleFrom(gemmaPrompt);
  const bool assumed = settleRowScale(prompt, model.card());
  if (gemmaPrompt.empty()) noteRowScale(path, prompt.origin.rowScale, assumed);
  if (const std::string warning = originWarning(prompt, model); !warning.empty()) note("Warning: " + warning);
  return prompt;
}

namespace {

// Models often have more rows than their tokenizer has tokens; such an id has no text.
template <class Ask>
std::string textOr(const Tokenizer* tokenizer, Ask ask) {
  if (tokenizer == nullptr) return {};
  try {
    return ask(*tokenizer);
  } catch (const DataError&) {
    return {};
  }
}

}  // namespace

std::string spelling(const Tokenizer* tokenizer, TokenId id) {
  return textOr(tokenizer, [id](const Tokenizer& known) { return known.token(id); });
}

std::string piece(const Tokenizer* tokenizer, TokenId id) {
  return textOr(tokenizer, [id](const Tokenizer& known) { return known.piece(id); });
}

}  // namespace incipit::cli
