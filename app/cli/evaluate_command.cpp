// incipit-cli evaluate MODEL: loss, perplexity and accuracy of a prompt (or of the bare model) on data.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, data;
  std::int64_t batchSize = 16;
  bool json = false;
};

// How rows become examples: as in the run that the prompt is from, where it is one, and as the flags say.
TrainingPlan dataPlan(const Flags& flags, const Json& given) {
  Json json = Json::object();
  std::error_code ignored;
  if (!flags.prompt.empty() && std::filesystem::exists(std::filesystem::path(flags.prompt) / "plan.json", ignored))
    json = toJson(readRun(flags.prompt).plan);
  else if (flags.prompt.empty())
    json["chat_template"] = "auto";  // the bare model as it wants to be asked
  return planFrom(changed(std::move(json), given), "the flags");
}

// Data with other columns than the run's is read by its own, unless somebody named the run's.
void leaveOpen(TrainingPlan& plan, const Table& table) {
  const auto decided = [&](const char* key) { return std::ranges::find(plan.defaults, key) != plan.defaults.end(); };
  if (plan.data.inputColumn.empty() || table.column(plan.data.inputColumn) >= 0 || !decided("input_column")) return;
  plan.data.inputColumn.clear();
  if (decided("template")) plan.data.textTemplate.clear();
}

Json toJson(const Evaluation& result, const Examples& examples) {
  Json json{{"loss", result.loss},
            {"examples", result.examples},
            {"scored_tokens", result.scoredTokens},
            {"truncated", examples.truncated},
            {"unusable", examples.unusable}};
  if (result.perplexity) json["perplexity"] = *result.perplexity;
  if (result.accuracy) json["accuracy"] = *result.accuracy;
  return json;
}

void print(const Evaluation& result, const Examples& examples) {
  std::cout << "Loss " << strong(decimals(result.loss)) << (result.perplexity ? " nats per token, perplexity " : " nats per text");
  if (result.perplexity) std::cout << strong(decimals(*result.perplexity, 2));
  if (result.accuracy) std::cout << ", accuracy " << strong(decimals(100 * *result.accuracy, 1) + " %");
  std::cout << " on " << withSeparators(result.examples) << " examples";
  std::vector<std::string> notes;
  if (result.perplexity) notes.push_back(withSeparators(result.scoredTokens) + " scored tokens");
  const auto rows = [](std::int64_t count) { return withSeparators(count) + (count == 1 ? " row " : " rows "); };
  if (examples.truncated > 0) notes.push_back(rows(examples.truncated) + "cut to the context");
  if (examples.unusable > 0) notes.push_back(rows(examples.unusable) + "with nothing to score left out");
  for (std::size_t i = 0; i < notes.size(); ++i)
    std::cout << (i == 0 ? " (" : ", ") << notes[i] << (i + 1 == notes.size() ? ")" : "");
  std::cout << ".\n";
}

int evaluateHere(const Flags& flags, const Json& given) {
  TrainingPlan plan = dataPlan(flags, given);
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  plan.numVirtualTokens = prompt.length();
  const Table table = readTable(flags.data);
  leaveOpen(plan, table);
  const auto examples = encodeForRun(plan, table, nullptr, *opened.model, opened.tokenizer.get(), &prompt).training;
  const std::stop_token stop = interruptToken();
  const Evaluation result = evaluate(*opened.model, prompt, *examples, flags.batchSize, stop);
  if (stop.stop_requested()) return stopped;
  if (flags.json)
    printJson(toJson(result, *examples));
  else
    print(result, *examples);
  return 0;
}

}  // namespace

void addEvaluate(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("evaluate", "Loss, perplexity and accuracy on data");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompt, "ADAPTER; a run folder also says how its data is read. Without: the bare model")
      ->type_name("ADAPTER");
  command->add_option("--data", flags->data, "Data file: JSON Lines, CSV, TSV or plain text")->type_name("FILE")->required();
  command->add_option("--batch-size", flags->batchSize, "Examples a pass")->check(atLeast(1))->capture_default_str();
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  addDataFlags(*command, given);
  command->callback([flags, given, &chosen] { chosen = [flags, given] { return evaluateHere(*flags, *given); }; });
}

}  // namespace incipit::cli
