// incipit-cli generate MODEL: the model goes on with a text, with or without a prompt in front of it.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/generation/generate.h"
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
  std::string prompt, gemmaPrompt, text;
  std::vector<TokenId> ids;
  ChatChoice chat;
  GenerationOptions options;
  bool json = false;
};

// A character of several bytes appears once it is whole.
class Printer {
 public:
  explicit Printer(std::shared_ptr<const Tokenizer> tokenizer) : m_tokenizer(std::move(tokenizer)) {
    if (m_tokenizer) m_decoder.emplace(m_tokenizer);
  }
  bool operator()(TokenId id) {
    std::cout << (m_decoder ? m_decoder->push(id) : std::to_string(id) + ' ') << std::flush;
    return static_cast<bool>(std::cout);
  }
  void finish() { std::cout << (m_decoder ? m_decoder->finish() : "") << '\n'; }

 private:
  std::shared_ptr<const Tokenizer> m_tokenizer;
  std::optional<StreamDecoder> m_decoder;
};

AskedText asked(const Flags& flags, const SoftPrompt& prompt, const OpenedModel& opened) {
  if (!flags.ids.empty()) return askedIds(flags.ids, prompt);
  if (flags.text.empty()) return {};
  return askedText(flags.text, flags.chat, flags.prompt, prompt, opened);
}

int generateHere(const Flags& flags) {
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  const AskedText text = asked(flags, prompt, opened);
  GenerationOptions options = flags.options;
  options.places = text.places;
  const std::stop_token stop = interruptToken();
  if (flags.json) {
    const auto ids = generate(*opened.model, prompt, text.ids, options, {}, stop);
    printJson({{"ids", ids}, {"text", opened.tokenizer ? Json(opened.tokenizer->decode(ids)) : Json(nullptr)}});
  } else {
    Printer printer(opened.tokenizer);
    generate(
        *opened.model, prompt, text.ids, options, [&](TokenId id, double) { return printer(id); }, stop);
    printer.finish();
  }
  return stop.stop_requested() ? stopped : 0;
}

}  // namespace

void addGenerate(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("generate", "Go on with a text; greedy unless a temperature is given");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompt, "ADAPTER to put in front; without: the bare model")->type_name("ADAPTER");
  CLI::Option* text = command->add_option("--text", flags->text,
                                          "The text to go on with; {virtual_tokens} where the prompt is to stand, otherwise in front");
  command->add_option("--ids", flags->ids, "Token ids in its place: 1,2,3")->delimiter(',')->excludes(text);
  addChatFlags(*command, flags->chat);
  command->add_option("--max-new-tokens", flags->options.maxNewTokens, "")->check(atLeast(0))->capture_default_str();
  command->add_option("--temperature", flags->options.sampling.temperature, "0: greedy")->check(atLeast(0))->capture_default_str();
  command->add_option("--top-p", flags->options.sampling.topP, "Smallest set of tokens that reaches this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--top-k", flags->options.sampling.topK, "Only the likeliest; 0: all")->check(atLeast(0))->capture_default_str();
  command->add_option("--seed", flags->options.sampling.seed, "")->capture_default_str();
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return generateHere(*flags); }; });
}

}  // namespace incipit::cli
