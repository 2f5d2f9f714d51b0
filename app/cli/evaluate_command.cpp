// incipit-cli evaluate MODEL: the figures of a prompt (or of the bare model) on data, beside others on the same rows.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/data_plan.h"
#include "app/cli/interrupt.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/reading_progress.h"
#include "app/cli/terminal.h"
#include "core/dataset/placement.h"
#include "core/inspection/written_answers.h"
#include "core/model/frozen_model.h"
#include "core/runs/carry_out.h"
#include "core/runs/run_folder.h"
#include "core/support/counted.h"
#include "core/support/error.h"
#include "core/training/baselines.h"
#include "core/training/scorecard.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, data, compare;
  std::int64_t batchSize = 16;
  std::int64_t generate = -1;  // rows whose answers are written; 0: all; negative: none
  bool baselines = false, json = false;
};

// What an evaluation is of, and what came of it.
struct Judged {
  std::string name;
  Evaluation evaluation;
};

Json toJson(const Interval& interval) { return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}}; }

Json toJson(const Scorecard& card) {
  Json json = Json::object();
  for (const Figure& figure : card.figures)
    json[figure.name] = toJson(figure.interval);
  return json;
}

Json rowsOf(const ConfusionMatrix& matrix) {
  Json rows = Json::array();
  for (int truth = 0; truth < matrix.classes; ++truth) {
    Json row = Json::array();
    for (int predicted = 0; predicted < matrix.classes; ++predicted)
      row.push_back(matrix.at(truth, predicted));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json toJson(const Evaluation& result, const Examples& examples) {
  Json json{{"loss", result.loss},
            {"examples", result.examples},
            {"scored_tokens", result.scoredTokens},
            {"truncated", examples.truncated},
            {"unusable", examples.unusable}};
  if (result.perplexity) json["perplexity"] = *result.perplexity;
  if (result.accuracy) json["accuracy"] = *result.accuracy;
  const Scorecard card = scorecardOf(result, examples);
  json["metrics"] = toJson(card);
  if (card.confusion) json["confusion"] = {{"labels", examples.classes}, {"rows", rowsOf(*card.confusion)}};
  return json;
}

void print(const Evaluation& result, const Examples& examples) {
  std::cout << "Loss " << strong(decimals(result.loss)) << (result.perplexity ? " nats per token, perplexity " : " nats per text");
  if (result.perplexity) std::cout << strong(decimals(*result.perplexity, 2));
  if (result.accuracy) std::cout << ", accuracy " << strong(decimals(100 * *result.accuracy, 1) + " %");
  std::cout << " on " << counted(result.examples, "example");
  std::vector<std::string> notes;
  if (result.perplexity) notes.push_back(counted(result.scoredTokens, "scored token"));
  if (examples.truncated > 0) notes.push_back(counted(examples.truncated, "row") + " cut to the context");
  if (examples.unusable > 0) notes.push_back(counted(examples.unusable, "row") + " with nothing to score left out");
  for (std::size_t i = 0; i < notes.size(); ++i)
    std::cout << (i == 0 ? " (" : ", ") << notes[i] << (i + 1 == notes.size() ? ")" : "");
  std::cout << ".\n";
}

std::string shown(const Figure& figure) {
  const bool share = figure.name == "accuracy";
  const auto number = [&](double value) { return share ? decimals(100 * value, 1) : decimals(value); };
  return number(figure.interval.value) + (share ? " %" : "") + " (" + number(figure.interval.low) + " to " + number(figure.interval.high) +
         ")";
}

void printFigures(const Scorecard& card) {
  for (const Figure& figure : card.figures) {
    std::string name = figure.name;
    std::ranges::replace(name, '_', ' ');
    name.resize(std::max<std::size_t>(name.size(), 28), ' ');
    std::cout << "  " << name << shown(figure) << "\n";
  }
  std::cout << "  In brackets: where 95 of 100 samples of such rows would fall (bootstrap).\n";
}

// Rows are what is true, columns what was answered.
void print(const ConfusionMatrix& matrix, const std::vector<std::string>& labels) {
  if (matrix.classes > 12) return;
  std::size_t wide = 6;
  for (const std::string& label : labels)
    wide = std::max(wide, std::min<std::size_t>(label.size(), 16) + 2);
  const auto cell = [&](std::string text) {
    text = text.substr(0, 16);
    text.insert(0, wide - std::min(wide, text.size()), ' ');
    std::cout << text;
  };
  std::cout << "Rows are the labels, columns the answers:\n";
  cell("");
  for (const std::string& label : labels)
    cell(label);
  std::cout << "\n";
  for (int truth = 0; truth < matrix.classes; ++truth) {
    cell(labels[static_cast<std::size_t>(truth)]);
    for (int predicted = 0; predicted < matrix.classes; ++predicted)
      cell(withSeparators(matrix.at(truth, predicted)));
    std::cout << "\n";
  }
}

void print(const PairedComparison& comparison, const std::string& other) {
  const double sure = std::max(comparison.probabilityBetter, 1 - comparison.probabilityBetter);
  const bool better = comparison.probabilityBetter > 0.5;
  if (comparison.deciding == 0)
    std::cout << "'" << other << "' does the same on every example.\n";
  else
    std::cout << "'" << other << "' is " << (better ? "better" : "worse") << ": "
              << (sure > 0.99 ? "more than 99" : decimals(100 * sure, 0)) << " % sure; " << withSeparators(comparison.deciding)
              << (comparison.deciding == 1 ? " example decides" : " examples decide") << ".\n";
}

// What a prompt of this plan is held against, on the rows that are evaluated. What it learned from is the run's training data, if any.
std::vector<JudgedBaseline> baselinesOf(TrainingPlan plan, const OpenedModel& opened, const SoftPrompt& prompt,
                                        const std::shared_ptr<const Examples>& examples, const Table& table, const std::stop_token& stop) {
  BaselineInput input{plan, opened.model, opened.tokenizer, nullptr, examples, nullptr, std::make_shared<const Table>(table), prompt};
  std::error_code ignored;
  if (!plan.train.empty() && std::filesystem::exists(plan.train, ignored)) {
    input.trainingTable = std::make_shared<const Table>(readTable(plan.train));
    input.training = encodeForRun(plan, *input.trainingTable, nullptr, *opened.model, opened.tokenizer.get(), &prompt).training;
  }
  std::vector<JudgedBaseline> all;
  for (const Baseline& baseline : baselinesFor(input))
    if (auto judged = judge(input, baseline, stop)) all.push_back(std::move(*judged));
  return all;
}

// Every evaluation that is asked for, of the same examples.
struct Verdict {
  Evaluation prompt;
  std::vector<JudgedBaseline> baselines;
  std::optional<Judged> other;
  std::optional<WrittenFigures> written;
};

Json toJson(const WrittenFigures& figures) {
  Json json{{"rows", figures.rows},
            {"ended", figures.ended},
            {"exact_match", toJson(figures.exactMatch)},
            {"f1", toJson(figures.tokenF1)},
            {"rouge_l", toJson(figures.rougeL)},
            {"bleu", figures.bleu},
            {"chrf", figures.chrF}};
  if (figures.legalLabels) json["legal_labels"] = toJson(*figures.legalLabels);
  if (figures.accuracy) json["accuracy"] = toJson(*figures.accuracy);
  return json;
}

void print(const WrittenFigures& figures) {
  std::cout << "Answers written by the model itself, on " << counted(figures.rows, "row") << " (" << withSeparators(figures.ended)
            << " ended by themselves):\n";
  const auto line = [](std::string name, const std::string& text) {
    name.resize(std::max<std::size_t>(name.size(), 28), ' ');
    std::cout << "  " << name << text << "\n";
  };
  const auto share = [](const Interval& of) {
    return decimals(100 * of.value, 1) + " % (" + decimals(100 * of.low, 1) + " to " + decimals(100 * of.high, 1) + ")";
  };
  if (figures.legalLabels) line("one of the labels", share(*figures.legalLabels));
  if (figures.accuracy) line("the right label", share(*figures.accuracy));
  line("exact match", share(figures.exactMatch));
  line("F1 of words", share(figures.tokenF1));
  line("ROUGE-L", share(figures.rougeL));
  line("BLEU", decimals(figures.bleu, 2));
  line("chrF", decimals(figures.chrF, 2));
}

Json toJson(const JudgedBaseline& baseline, const Evaluation& prompt, const Examples& examples) {
  if (!baseline.figures.whyNot.empty()) return {{"why_not", baseline.figures.whyNot}};
  if (!baseline.evaluation)
    return {{"accuracy", {{"value", *baseline.figures.accuracy}}}, {"f1_macro", {{"value", *baseline.figures.f1Macro}}}};
  Json figures = toJson(scorecardOf(*baseline.evaluation, examples));
  if (baseline.figures.shots > 0) figures["shots"] = baseline.figures.shots;
  const PairedComparison ahead = compare(*baseline.evaluation, prompt, examples);  // of the prompt
  figures["comparison"] = {
      {"probability_prompt_better", ahead.probabilityBetter}, {"deciding", ahead.deciding}, {"difference", toJson(ahead.difference)}};
  return figures;
}

std::string titleOf(const BaselineFigures& figures) {
  if (figures.name == "bare_model") return "The bare model";
  if (figures.name == "start_text") return "The start text as plain words";
  if (figures.name == "linear_probe") return "A linear probe on the bare model";
  if (figures.name == "few_shot")
    return figures.shots > 0 ? counted(figures.shots, "training example") + " in the context" : "Training examples in the context";
  return "Always the most frequent label";
}

void print(const JudgedBaseline& baseline, const Evaluation& prompt, const Examples& examples) {
  std::cout << titleOf(baseline.figures) << ": ";
  if (!baseline.figures.whyNot.empty()) {
    std::cout << "left out. " << baseline.figures.whyNot << "\n";
  } else if (!baseline.evaluation) {
    std::cout << "accuracy " << strong(decimals(100 * *baseline.figures.accuracy, 1) + " %") << ".\n";
  } else {
    print(*baseline.evaluation, examples);
    const PairedComparison ahead = compare(*baseline.evaluation, prompt, examples);
    std::cout << "  That the prompt does better than this is " << decimals(100 * ahead.probabilityBetter, 0) << " % sure; "
              << withSeparators(ahead.deciding) << (ahead.deciding == 1 ? " example decides" : " examples decide") << ".\n";
  }
}

void printJson(const Verdict& verdict, const Examples& examples, const Flags& flags) {
  Json json = toJson(verdict.prompt, examples);
  if (flags.baselines) {
    Json baselines = Json::object();
    for (const JudgedBaseline& baseline : verdict.baselines)
      baselines[baseline.figures.name] = toJson(baseline, verdict.prompt, examples);
    json["baselines"] = std::move(baselines);
  }
  if (verdict.written) json["written"] = toJson(*verdict.written);
  if (verdict.other) {
    const PairedComparison comparison = compare(verdict.prompt, verdict.other->evaluation, examples);
    json["comparison"] = {{"with", verdict.other->name},
                          {"probability_better", comparison.probabilityBetter},
                          {"deciding", comparison.deciding},
                          {"difference", toJson(comparison.difference)},
                          {"metrics", toJson(scorecardOf(verdict.other->evaluation, examples))}};
  }
  cli::printJson(json);
}

void print(const Verdict& verdict, const Examples& examples) {
  print(verdict.prompt, examples);
  const Scorecard card = scorecardOf(verdict.prompt, examples);
  printFigures(card);
  if (card.confusion) print(*card.confusion, examples.classes);
  if (verdict.written) print(*verdict.written);
  for (const JudgedBaseline& baseline : verdict.baselines)
    print(baseline, verdict.prompt, examples);
  if (verdict.other) {
    std::cout << "'" << verdict.other->name << "': ";
    print(verdict.other->evaluation, examples);
    print(compare(verdict.prompt, verdict.other->evaluation, examples), verdict.other->name);
  }
}

void checkSameRows(const Examples& one, const Examples& other) {
  const auto rowOf = [](const Example& example) { return example.row; };
  if (std::ranges::equal(one.items, other.items, {}, rowOf, rowOf)) return;
  throw DataError("The two prompts stand at different places of the text, and so not the same rows have room for them.",
                  "Allow fewer tokens of a text (--max-length), or judge the prompts one by one.");
}

int evaluateHere(const Flags& flags, const Json& given) {
  TrainingPlan plan = dataPlan(flags.prompt, given);
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  const SoftPrompt other = openPrompt(flags.compare, *opened.model, flags.gemmaPrompt);
  plan.numVirtualTokens = std::max(prompt.length(), other.length());  // both see the same tokens of a long text
  const double heldOut = std::exchange(plan.validationFraction, 0);   // of the run's training data; what is evaluated is all of --data
  const Table table = readTable(flags.data);
  leaveOpen(plan, table);
  const std::string asGiven = plan.data.textTemplate;
  placeAsTrained(plan, prompt, flags.prompt);
  const auto examples = encodeForRun(plan, table, nullptr, *opened.model, opened.tokenizer.get(), &prompt).training;
  for (const std::string& sentence : examples->notes)
    note(sentence);
  const std::stop_token stop = interruptToken();

  Verdict verdict{evaluate(*opened.model, prompt, *examples, flags.batchSize, stop), {}, {}, {}};
  if (!flags.compare.empty()) {
    auto own = examples;
    if (prompt.origin.use.placed || other.origin.use.placed) {  // each in its own places, the rows the same
      plan.data.textTemplate = asGiven;
      placeAsTrained(plan, other, flags.compare);
      own = encodeForRun(plan, table, nullptr, *opened.model, opened.tokenizer.get(), &prompt).training;
      checkSameRows(*examples, *own);
    }
    verdict.other = {flags.compare, evaluate(*opened.model, other, *own, flags.batchSize, stop)};
  }
  if (flags.baselines) {
    plan.validationFraction = heldOut;
    verdict.baselines = baselinesOf(plan, opened, prompt, examples, table, stop);
  }
  if (flags.generate >= 0 && !stop.stop_requested()) {
    if (!opened.tokenizer) throw DataError("The model's folder has no tokenizer, and what it writes cannot be read.", "Add its tokenizer.");
    WritingOptions options;
    options.sample = flags.generate;
    const Watch progress = tellReading("Writing answers");
    double done = 0;
    const auto written = [&](const WrittenAnswer&, std::size_t all) { progress.at(++done / static_cast<double>(all)); };
    verdict.written =
        figuresOf(writtenAnswers(*opened.model, *opened.tokenizer, prompt, *examples, options, stop, written), examples->classes);
  }
  if (stop.stop_requested()) return stopped;
  if (flags.json)
    printJson(verdict, *examples, flags);
  else
    print(verdict, *examples);
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
  command->add_option("--compare", flags->compare, "Another ADAPTER on the same rows: which is better, and how sure that is")
      ->type_name("ADAPTER");
  command->add_flag("--baselines", flags->baselines,
                    "Beside it the bare model, the start text as plain words, training examples in the context (of a head a linear "
                    "probe instead), and whoever always says the most frequent label");
  command
      ->add_option("--generate", flags->generate,
                   "Have the model write its answers, greedily, for N rows (0: all), and judge them as texts: legal labels, exact match, "
                   "F1 of words, ROUGE-L, BLEU, chrF")
      ->type_name("N")
      ->check(atLeast(0));
  command->add_option("--batch-size", flags->batchSize, "Examples a pass")->check(atLeast(1))->capture_default_str();
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  addDataFlags(*command, given);
  command->callback([flags, given, &chosen] { chosen = [flags, given] { return evaluateHere(*flags, *given); }; });
}

}  // namespace incipit::cli
