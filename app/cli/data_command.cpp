// incipit-cli data MODEL: what a person should know of the data before a prompt learns from it.
#include "app/cli/commands.h"
#include "app/cli/first_example.h"
#include "app/cli/knobs.h"
#include "app/cli/open.h"
#include "app/cli/reading_progress.h"
#include "app/cli/terminal.h"
#include "core/dataset/folds.h"
#include "core/dataset/report.h"
#include "core/dataset/table.h"
#include "core/hub/find_model.h"
#include "core/runs/carry_out.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::string model;
  std::string saveSplit;  // a folder; empty: not saved
  bool json = false;
};

Json toJson(const FoundRows& found) { return {{"count", found.count}, {"rows", found.rows}}; }

Json toJson(const LengthReport& lengths) {
  return {{"room", lengths.room},   {"min", lengths.shortest}, {"median", lengths.median},      {"p95", lengths.most},
          {"max", lengths.longest}, {"mean", lengths.mean},    {"bin_width", lengths.binWidth}, {"counts", lengths.bins}};
}

// The rows of the finding of that name, of the training or of the validation file; none where there is no such finding.
Json rowsOf(const DataReport& report, std::string_view name, bool validation = false) {
  const auto found = std::ranges::find_if(
      report.findings, [&](const Finding& finding) { return finding.name == name && finding.rows.validation == validation; });
  return toJson(found == report.findings.end() ? FoundRows{} : found->rows);
}

Json toJson(const DataReport& report, const Examples& training, const Tokenizer* tokenizer) {
  const bool apart = report.validationRows > 0;  // validation rows are numbered in a file of their own
  Json json{{"rows", report.rows},
            {"examples", report.examples},
            {"validation_rows", report.validationRows},
            {"validation_examples", report.validationExamples},
            {"lengths", toJson(report.lengths)},
            {"cut", rowsOf(report, "cut")},
            {"dropped", rowsOf(report, "dropped")},
            {"validation_cut", rowsOf(report, "cut", true)},
            {"validation_dropped", rowsOf(report, "dropped", true)}};
  json["classes"] = Json::array();
  for (const ClassReport& label : report.classes)
    json["classes"].push_back({{"label", label.label},
                               {"count", label.training},
                               {"validation_count", label.validation},
                               {"tokens", label.tokens},
                               {"suggestions", label.suggestions}});
  json["duplicates"] = {{"exact", rowsOf(report, "exact_duplicates")},
                        {"contradictions", rowsOf(report, "contradictions")},
                        {"near", rowsOf(report, "near_duplicates")},
                        {"compared", report.compared}};
  json["overlap"] = {{"exact", rowsOf(report, "overlap", apart)}, {"near", rowsOf(report, "near_overlap", apart)}};
  json["empty_fields"] = Json::array();
  json["findings"] = Json::array();
  for (const Finding& finding : report.findings) {
    if (finding.name == "empty_field")
      json["empty_fields"].push_back(
          {{"column", finding.about}, {"count", finding.rows.count}, {"rows", finding.rows.rows}, {"validation", finding.rows.validation}});
    json["findings"].push_back({{"name", finding.name},
                                {"sentence", finding.sentence},
                                {"warning", finding.warning},
                                {"count", finding.rows.count},
                                {"validation", finding.rows.validation}});
  }
  const Example first = training.items.front();
  json["first"] = {{"row", first.row},
                   {"text", tokenizer ? tokenizer->decode(first.ids, ShowSpecial::Yes) : std::string()},
                   {"ids", first.ids},
                   {"labels", first.labels}};
  return json;
}

// How many examples have how many tokens, a line a bin.
void printLengths(const LengthReport& lengths) {
  constexpr std::size_t lines = 12, widest = 40;
  const std::size_t together = (lengths.bins.size() + lines - 1) / lines;
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < lengths.bins.size(); ++i) {
    if (i % together == 0) counts.push_back(0);
    counts.back() += lengths.bins[i];
  }
  const std::int64_t most = std::max<std::int64_t>(1, *std::ranges::max_element(counts));
  const auto first = static_cast<std::size_t>(std::ranges::find_if(counts, [](std::int64_t count) { return count > 0; }) - counts.begin());
  for (std::size_t i = first; i < counts.size(); ++i) {
    const auto begin = static_cast<std::int64_t>(i * together) * lengths.binWidth;
    const auto end = begin + static_cast<std::int64_t>(together) * lengths.binWidth - 1;
    std::string range = begin == end ? std::to_string(begin) : std::to_string(begin) + " to " + std::to_string(end);
    range.insert(0, 14 - std::min<std::size_t>(14, range.size()), ' ');
    const auto width = static_cast<std::size_t>(counts[i] * static_cast<std::int64_t>(widest) / most);
    std::cout << range << " tokens  " << std::string(counts[i] > 0 ? std::max<std::size_t>(1, width) : 0, '#') << ' '
              << withSeparators(counts[i]) << "\n";
  }
}

void printClasses(const std::vector<ClassReport>& classes, bool validated) {
  if (classes.empty()) return;
  std::cout << "\nLabels:\n";
  for (const ClassReport& label : classes) {
    std::cout << "  " << cell(label.label, 24) << withSeparators(label.training);
    if (validated) std::cout << faint("  validation " + withSeparators(label.validation));
    std::cout << "\n";
  }
}

std::string rowsText(const FoundRows& rows) {
  constexpr std::size_t most = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, rows.rows.size()); ++i)
    text += (i == 0 ? "" : ", ") + withSeparators(rows.rows[i] + 1);
  return rows.count > static_cast<std::int64_t>(most) ? text + " ..." : text;
}

void print(const DataReport& report) {
  for (const Finding& finding : report.findings) {
    std::cout << (finding.warning ? strong("! ") : "  ") << finding.sentence << "\n";
    if (finding.rows.count > 0)
      std::cout << faint(std::string("    ") + (finding.rows.validation ? "validation row" : "row") +
                         (finding.rows.count == 1 ? " " : "s ") + rowsText(finding.rows))
                << "\n";
  }
  std::cout << "\n";
  printLengths(report.lengths);
  printClasses(report.classes, report.validationExamples > 0);
}

// What is trained on and what is validated on, as files that every other program reads too.
void saveSplit(const std::filesystem::path& folder, const Table& table, const RunData& data) {
  if (!data.validation)
    throw PlanError("There is no split to save: all rows are trained on.", "Say which share is held out: --validation-fraction 0.1");
  makeFolder(folder);
  saveRows(table, rowsOf(*data.training), folder / "train.jsonl");
  saveRows(table, rowsOf(*data.validation), folder / "validation.jsonl");
  note("Saved as '" + (folder / "train.jsonl").string() + "' and '" + (folder / "validation.jsonl").string() + "'.");
}

int reportHere(const Flags& flags, const Json& given) {
  Json json = given;
  if (!json.contains("chat_template")) json["chat_template"] = "auto";
  const TrainingPlan plan = planFrom(json, "the flags");
  if (const auto problems = problemsIn(plan); !problems.empty()) throw PlanError(problems.front().sentence);
  const auto folder = findModel(flags.model);
  const ModelSummary model = inspectModel(folder);
  const auto tokenizer = model.hasTokenizer ? openTokenizer(folder) : nullptr;

  const Table table = readTable(plan.train, tellReading("Reading '" + plan.train.string() + "'"));
  std::optional<Table> validation;
  if (!plan.validation.empty()) validation = readTable(plan.validation, tellReading("Reading '" + plan.validation.string() + "'"));
  const Table* second = validation ? &*validation : nullptr;
  if (second && !flags.saveSplit.empty())
    throw PlanError("The validation data is a file already.", "Leave --save-split or --validation away.");
  const RunData data = encodeForCard(plan, table, second, model.card, tokenizer.get(), nullptr, tellReading("Turning text into tokens"));
  const DataReport report =
      reportOn({table, *data.training, second, data.validation.get(), tokenizer.get()}, tellReading("Looking through the rows"));
  if (!flags.saveSplit.empty()) saveSplit(flags.saveSplit, table, data);
  if (flags.json) {
    printJson(toJson(report, *data.training, tokenizer.get()));
    return 0;
  }
  std::cout << withSeparators(report.rows) << (report.rows == 1 ? " row" : " rows") << " in '" << plan.train.string() << "', "
            << withSeparators(report.examples) << (report.validationExamples > 0 && !second ? " to learn from, " : " to learn from");
  if (report.validationExamples > 0) std::cout << (second ? ", " : "") << withSeparators(report.validationExamples) << " to validate on";
  std::cout << ".\n";
  print(report);
  std::cout << "\n" << firstExample(*data.training, tokenizer.get(), model.card, plan.numVirtualTokens) << "\n";
  return 0;
}

}  // namespace

void addData(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  auto given = std::make_shared<Json>(Json::object());
  CLI::App* command = program.add_subcommand("data", "A report on the data: lengths, labels, repeated rows, overlap; nothing is trained");
  command->add_option("MODEL", flags->model, "Model folder, name in the cache, or \"demo\": its tokenizer and its context count")
      ->type_name("")
      ->required();
  addJsonFlag(*command, flags->json);
  command
      ->add_option("--save-split", flags->saveSplit,
                   "Write the rows that --validation-fraction keeps and holds out as files into this folder")
      ->type_name("FOLDER");
  addDataPlanFlags(*command, given);
  command->callback([flags, given, &chosen] { chosen = [flags, given] { return reportHere(*flags, *given); }; });
}

}  // namespace incipit::cli
