// inspect --view words: the prompt translated into words that somebody can type, each scored as typed.
#include "app/cli/commands.h"
#include "app/cli/data_plan.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/chat/chat_format.h"
#include "core/inspection/ask.h"
#include "core/inspection/translate.h"
#include "core/model/frozen_model.h"
#include "core/runs/typed_data.h"
#include "core/support/error.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

TypedData typedData(const Inspected& inspected, const InspectedPrompt& prompt) {
  auto read = examplesFor(inspected, prompt);
  TrainingPlan plan = dataPlan(prompt.path, *inspected.flags.dataFlags);
  Table table = readTable(inspected.flags.data);
  leaveOpen(plan, table);
  return {std::move(plan), std::move(table), std::move(read), inspected.model(), *inspected.tokenizer(), prompt.prompt};
}

void print(const std::vector<JudgedWords>& all) {
  const bool judged = all.front().score.accuracy.has_value();
  std::cout << faint(cell("", 22) + cell("loss", 9) + (judged ? cell("accuracy", 11) : "") + cell("tokens", 8) + "words") << '\n';
  for (const JudgedWords& one : all)
    std::cout << cell(std::string(nameOf(one.way)), 22) << cell(decimals(one.score.loss), 9)
              << (judged ? cell(decimals(100 * one.score.accuracy.value_or(0), 1) + " %", 11) : "")
              << cell(one.tokens > 0 ? std::to_string(one.tokens) : "", 8) << faint(cell(one.text)) << '\n';
}

void printJsonOf(const std::vector<JudgedWords>& all, const std::string& textTemplate) {
  for (const JudgedWords& one : all) {
    Json json{{"way", nameOf(one.way)}, {"text", one.text}, {"loss", one.score.loss}, {"examples", one.score.examples}};
    if (one.score.accuracy) json["accuracy"] = *one.score.accuracy;
    if (!one.text.empty()) json["template"] = asTemplate(one.text) + " " + textTemplate;
    printJson(json);
  }
}

}  // namespace

int inspectWords(const Inspected& inspected) {
  const InspectFlags& flags = inspected.flags;
  const InspectedPrompt& one = inspected.only();
  if (inspected.tokenizer() == nullptr) throw ModelError("The model folder has no tokenizer to make words of tokens.", "Add its files.");
  const Tokenizer& tokenizer = *inspected.tokenizer();
  const TypedData data = typedData(inspected, one);
  TranslateOptions options;
  options.search.budget = flags.budget, options.search.sample = flags.sample;
  options.search.batchSize = flags.batchSize, options.search.seed = flags.seed;
  options.own = flags.text;
  const auto chat = openChatFormat(inspected.model().card().folder, "auto", {}, {});
  options.frame = askedText(askingFrames()[2], chat.get(), {}, tokenizer);
  std::vector<JudgedWords> all;
  try {
    translate(
        one.prompt, *indexVocabulary(inspected.opened.model), tokenizer, *examplesFor(inspected, one),
        [&](const std::string& front, std::int64_t rows) { return data.with(front, rows); }, options,
        watchOf("Putting the prompt into words", inspected.stop), inspected.stop,
        [&](JudgedWords found) { all.push_back(std::move(found)); });
  } catch (const GivenUp&) {
    note("Stopped; what was judged by then stands there.");
  }
  if (!all.empty()) flags.json ? printJsonOf(all, data.textTemplate()) : print(all);
  if (!flags.json)
    std::cout << faint(
                     "Words stand in front of the text, as if typed, and are scored as `evaluate` would, the words themselves never. Nearest words "
                     "mostly lose what was learned (Khashabi et al. 2022).")
              << '\n';
  return inspected.stop.stop_requested() ? stopped : 0;
}

}  // namespace incipit::cli
