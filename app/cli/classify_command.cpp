// incipit-cli classify MODEL: which of its classes a model with a head sorts a text into.
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/generation/classify.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, text;
  std::vector<TokenId> ids;
  ChatChoice chat;
  bool json = false;
};

int classifyHere(const Flags& flags) {
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  const AskedText text = flags.ids.empty() ? askedText(flags.text, flags.chat, flags.prompt, prompt, opened) : askedIds(flags.ids, prompt);
  std::vector<ClassProbability> classes = classify(*opened.model, prompt, text.ids, text.places);
  const auto best = std::ranges::max_element(classes, {}, &ClassProbability::probability);
  if (flags.json) {
    Json list = Json::array();
    for (const ClassProbability& each : classes)
      list.push_back({{"label", each.label}, {"probability", each.probability}});
    printJson({{"label", best->label}, {"classes", list}});
    return 0;
  }
  std::size_t width = 0;
  for (const ClassProbability& each : classes)
    width = std::max(width, each.label.size());
  for (const ClassProbability& each : classes) {
    const std::string line = cell(each.label, width + 2) + decimals(100 * each.probability, 1) + " %";
    std::cout << (&each == &*best ? strong(line) : line) << '\n';
  }
  return 0;
}

}  // namespace

void addClassify(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("classify", "Which class a text is of; models for sequence classification");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompt, "ADAPTER to put in front; without: the bare model with its own head")
      ->type_name("ADAPTER");
  CLI::Option* text =
      command->add_option("--text", flags->text, "The text to sort; {virtual_tokens} where the prompt is to stand, otherwise in front");
  command->add_option("--ids", flags->ids, "Token ids in its place: 1,2,3")->delimiter(',')->excludes(text);
  addChatFlags(*command, flags->chat);
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return classifyHere(*flags); }; });
}

}  // namespace incipit::cli
