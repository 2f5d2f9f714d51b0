// incipit-cli export and import: a prompt in the form another program reads, and back as a PEFT folder.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/exchange/elsewhere.h"
#include "core/exchange/exchange.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, format = "peft", out, transformers = "5";
  std::int64_t submodules = 0;
  bool json = false;
};

// A bare array does not say what it was made for; the model it fits does.
void completeOrigin(PromptOrigin& origin, const FrozenModel& model) {
  const ModelCard& card = model.card();
  if (origin.modelName.empty()) origin.modelName = card.name;
  if (origin.modelFamily.empty()) origin.modelFamily = card.family;
  if (origin.vocabularySize == 0) origin.vocabularySize = card.vocabularySize;
  if (origin.layers == 0) origin.layers = card.layers;
  if (origin.heads == 0) origin.heads = card.heads;
  if (origin.task == PromptTask::Unknown) origin.task = taskOf(card);
}

// With two submodules PEFT's adapter has as many rows again, which nothing reads; without any of their own they are zero.
void setSubmodules(SoftPrompt& prompt, std::int64_t submodules, const ModelCard& card) {
  if (submodules == 2 && !card.encoderDecoder)
    throw PlanError("'" + card.name + "' has one transformer, and --num-transformer-submodules asks for two.", "Use 1.");
  if (submodules == 1) prompt.unusedRows = {};
  if (submodules == 2 && prompt.unusedRows.empty()) prompt.unusedRows = Matrix(prompt.length(), prompt.width());
}

void addSubmodulesFlag(CLI::App& command, std::int64_t& submodules) {
  command.add_option("--num-transformer-submodules", submodules, "Encoder-decoder models, peft: 1 or 2; otherwise as the prompt came")
      ->check(CLI::Range(1, 2));
}

void addGemmaFlags(CLI::App& command, Flags& flags) {
  addGemmaFlag(command, flags.gemmaPrompt);
  command.add_option("--transformers", flags.transformers, "Gemma: write the rows as transformers from 5 on means them, or up to 4")
      ->check(CLI::IsMember({"5", "4"}))
      ->capture_default_str();
}

int exportHere(const Flags& flags) {
  const OpenedModel opened = open(flags.choice, flags.prompt);
  checkGemmaFlag("--transformers", flags.transformers == "5" ? "" : flags.transformers, *opened.model);
  SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  prompt = withRowScale(std::move(prompt), flags.transformers == "4" ? RowScale::Unscaled : RowScale::Scaled);
  completeOrigin(prompt.origin, *opened.model);
  setSubmodules(prompt, flags.submodules, opened.model->card());
  const auto written = exportPrompt(prompt, flags.format, flags.out);
  if (const std::string warning = placementWarning(prompt); !warning.empty()) note("Warning: " + warning);
  if (const std::string difference = differenceElsewhere(prompt); !difference.empty()) note(difference);
  std::vector<std::string> files;
  for (const auto& file : written)
    files.push_back(file.string());
  if (flags.json)
    printJson({{"files", files}});
  else
    for (const std::string& file : files)
      std::cout << file << '\n';
  return 0;
}

std::vector<std::string> formatNames() {
  std::vector<std::string> names;
  for (const ExchangeFormat& format : exchangeFormats())
    names.push_back(format.name);
  return names;
}

}  // namespace

void addExport(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("export", "Write a prompt in a form that other programs read");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompt, "PEFT folder, run folder or file")
      ->type_name("PEFT folder, run folder or file")
      ->required();
  command->add_option("--format", flags->format, "")->check(CLI::IsMember(formatNames()))->capture_default_str();
  command->add_option("--out", flags->out, "File to write; a folder for peft")->type_name("PATH")->required();
  addSubmodulesFlag(*command, flags->submodules);
  addGemmaFlags(*command, *flags);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return exportHere(*flags); }; });
}

void addImport(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("import", "Make a PEFT folder of a prompt in any form that export writes");
  addModelFlags(*command, flags->choice);
  command->add_option("PROMPT", flags->prompt, "File or folder to read")->type_name("")->required();
  command->add_option("--out", flags->out, "PEFT folder to write")->type_name("FOLDER")->required();
  addSubmodulesFlag(*command, flags->submodules);
  addGemmaFlags(*command, *flags);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return exportHere(*flags); }; });
}

}  // namespace incipit::cli
