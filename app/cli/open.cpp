#include "app/cli/open.h"

#include "app/cli/terminal.h"
#include "core/exchange/exchange.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

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
  const bool classify = !promptPath.empty() && readPrompt(promptPath).origin.task == PromptTask::SeqCls;
  opened.model = openModel(folder, {precisionFrom(choice.precision), choice.device, classify});
  if (inspectModel(folder).hasTokenizer) opened.tokenizer = openTokenizer(folder);
  return opened;
}

SoftPrompt openPrompt(const std::string& path, const FrozenModel& model) {
  if (path.empty()) return {};
  SoftPrompt prompt = readPrompt(path);
  checkFits(prompt, model);
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
