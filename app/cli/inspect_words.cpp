// inspect --view words: the prompt translated into words that somebody can type, each scored as typed.
#include "app/cli/commands.h"
#include "app/cli/data_plan.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/dataset/placement.h"
#include "core/inspection/words.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

// As a template has it: braces stand for braces.
std::string asTemplate(const std::string& text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  return escaped;
}

// The data with something in front of the user's text, where a person would type it: in a chat it is part of what the user says.
class TypedData {
 public:
  TypedData(const Inspected& inspected, const InspectedPrompt& prompt) : m_inspected(inspected), m_prompt(prompt) {
    const auto read = examplesFor(inspected, prompt);
    m_plan = dataPlan(prompt.path, *inspected.flags.dataFlags);
    m_plan.validationFraction = 0;
    m_table = readTable(inspected.flags.data);
    leaveOpen(m_plan, m_table);
    m_template = read->settings.textTemplate;
    if (m_template.empty())
      throw DataError("The rows of '" + inspected.flags.data + "' are token ids, which no words can stand in front of.",
                      "Use data of texts.");
    for (std::size_t at; (at = m_template.find("{virtual_tokens")) != std::string::npos;)
      m_template.erase(at, m_template.find('}', at) + 1 - at);
    m_template.erase(0, std::min(m_template.find_first_not_of(' '), m_template.size()));
  }

  // With the words in front; without any as it is. `rows`: how many virtual tokens need room as well.
  std::shared_ptr<const Examples> with(const std::string& front, std::int64_t rows = 0) const {
    TrainingPlan plan = m_plan;
    plan.numVirtualTokens = rows;
    plan.data.textTemplate = front.empty() ? m_template : front + " " + m_template;
    return encodeForRun(plan, m_table, nullptr, m_inspected.model(), m_inspected.tokenizer(), &m_prompt.prompt).training;
  }

  const std::string& textTemplate() const { return m_template; }

 private:
  const Inspected& m_inspected;
  const InspectedPrompt& m_prompt;
  TrainingPlan m_plan;
  Table m_table;
  std::string m_template;
};

struct Candidate {
  std::string way, text;
  std::size_t tokens = 0;
  Evaluation score;
};

void print(const std::vector<Candidate>& all) {
  const bool judged = all.front().score.accuracy.has_value();
  std::cout << faint(cell("", 22) + cell("loss", 9) + (judged ? cell("accuracy", 11) : "") + cell("tokens", 8) + "words") << '\n';
  for (const Candidate& one : all)
    std::cout << cell(one.way, 22) << cell(decimals(one.score.loss), 9)
              << (judged ? cell(decimals(100 * one.score.accuracy.value_or(0), 1) + " %", 11) : "")
              << cell(one.tokens > 0 ? std::to_string(one.tokens) : "", 8) << faint(cell(one.text)) << '\n';
}

void printJsonOf(const std::vector<Candidate>& all, const std::string& textTemplate) {
  for (const Candidate& one : all) {
    Json json{{"way", one.way}, {"text", one.text}, {"loss", one.score.loss}, {"examples", one.score.examples}};
    if (one.score.accuracy) json["accuracy"] = *one.score.accuracy;
    if (!one.text.empty()) json["template"] = asTemplate(one.text) + " " + textTemplate;
    printJson(json);
  }
}

}  // namespace

int inspectWords(const Inspected& inspected) {
  const InspectFlags& flags = inspected.flags;
  const InspectedPrompt& one = inspected.only();
  const FrozenModel& model = inspected.model();
  if (inspected.tokenizer() == nullptr) throw ModelError("The model folder has no tokenizer to make words of tokens.", "Add its files.");
  const Tokenizer& tokenizer = *inspected.tokenizer();
  const TypedData data(inspected, one);
  SoftPrompt none;  // only the head, if there is one
  none.origin = one.prompt.origin, none.head = one.prompt.head;
  std::vector<Candidate> all;
  const auto judge = [&](std::string way, const std::string& text, const SoftPrompt& prompt, const Examples& examples) {
    if (inspected.stop.stop_requested()) return;
    Evaluation score = evaluate(model, prompt, examples, flags.batchSize, inspected.stop);
    if (inspected.stop.stop_requested()) return;
    all.push_back({std::move(way), text, text.empty() ? 0 : typed(text, tokenizer).ids.size(), std::move(score)});
  };
  const auto judgeWords = [&](const std::string& way, const std::string& text) { judge(way, text, none, *data.with(asTemplate(text))); };

  judge("prompt", {}, one.prompt, *examplesFor(inspected, one));
  judge("bare_model", {}, none, *data.with({}));
  const auto vocabulary = indexVocabulary(inspected.opened.model);
  TypedWords best = nearestWords(one.prompt, *vocabulary, tokenizer);
  judgeWords("nearest_by_cosine", best.text);
  if (const TypedWords near = nearestWords(one.prompt, *vocabulary, tokenizer, Metric::Euclidean); near.text != best.text)
    judgeWords("nearest_by_euclidean", near.text);
  if (!one.prompt.origin.initText.empty()) judgeWords("start_text", one.prompt.origin.initText);
  if (!flags.text.empty()) judgeWords("own_text", flags.text);
  if (flags.budget > 0 && !inspected.stop.stop_requested()) {
    const auto placed = data.with("{virtual_tokens}", static_cast<std::int64_t>(best.ids.size()));
    RepairOptions options;
    options.budget = flags.budget, options.sample = flags.sample, options.batchSize = flags.batchSize, options.seed = flags.seed;
    const RepairedWords repaired =
        repairedWords(model, tokenizer, *placed, best, none, options, watchOf("Exchanging words", inspected.stop));
    note("Exchanged " + counted(repaired.exchanged, "word") + " in " + counted(repaired.evaluations, "evaluation") + ": loss " +
         decimals(repaired.before) + " became " + decimals(repaired.loss) + " on the sample.");
    judgeWords("repaired", repaired.words.text);
  }
  if (!all.empty()) flags.json ? printJsonOf(all, data.textTemplate()) : print(all);
  if (!flags.json)
    std::cout << faint(
                     "Words stand in front of the text, as if typed, and are scored by their own tokens as `evaluate` would. Nearest words "
                     "mostly lose what was learned (Khashabi et al. 2022).")
              << '\n';
  return inspected.stop.stop_requested() ? stopped : 0;
}

}  // namespace incipit::cli
