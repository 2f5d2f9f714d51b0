// incipit-cli report RUN ... --out FILE.html: runs as one page to send to somebody, or as curves for TensorBoard.
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/inspection/neighbours.h"
#include "core/library/report.h"
#include "core/library/tensorboard.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  std::vector<std::string> runs;
  std::string out, format = "html";
  std::size_t examples = 10;
  bool neighbours = false, json = false;
};

// The words nearest to each row, from the run's model, where that is still there.
std::vector<ReportSection> neighboursOf(const std::filesystem::path& folder) {
  const RunRecord run = readRun(folder);
  ModelChoice choice;
  choice.model = run.plan.model;
  const OpenedModel opened = open(choice, folder.string());
  const SoftPrompt prompt = openPrompt(folder.string(), *opened.model);
  const auto vocabulary = indexVocabulary(opened.model);
  const Neighbourhood found = nearestTokens(prompt, *vocabulary, 5, Metric::Cosine, interruptToken());
  const Neighbourhood random = randomBaseline(prompt.length(), 0, *vocabulary, 1, Metric::Cosine, interruptToken());
  double chance = 0;
  for (const auto& row : random.rows)
    if (!row.neighbours.empty()) chance += double(row.neighbours.front().score) / double(random.rows.size());
  ReportSection section{"Nearest tokens",
                        "By cosine, with the score. Random vectors of ordinary length have a nearest token too, at " + decimals(chance, 3) +
                            " on average: neighbours are a hint, not the meaning of a virtual token (Lester et al. 2021).",
                        {{"virtual token", "norm", "nearest"}, {}, {true, true, false}}};
  for (const auto& row : found.rows) {
    std::string words;
    for (const auto& neighbour : row.neighbours)
      words += (words.empty() ? "" : "   ") + spelling(opened.tokenizer.get(), static_cast<TokenId>(neighbour.token)) + " " +
               decimals(double(neighbour.score), 3);
    section.table.rows.push_back({std::to_string(row.row + 1), decimals(double(row.norm), 2), words});
  }
  return {section};
}

int report(const Flags& flags) {
  std::vector<std::filesystem::path> folders(flags.runs.begin(), flags.runs.end());
  std::vector<std::filesystem::path> written;
  if (flags.format == "tensorboard") {
    for (const auto& folder : folders)
      written.push_back(writeTensorBoard(readRun(folder), flags.out));
  } else {
    ReportWishes wishes;
    wishes.program = "Incipit " INCIPIT_VERSION;
    wishes.examples = flags.examples;
    if (flags.neighbours)
      for (const auto& folder : folders)
        wishes.more[folder] = neighboursOf(folder);
    const std::string page = htmlReport(folders, wishes);
    if (interruptToken().stop_requested()) return stopped;
    writeFileAtomically(flags.out, page);
    written.emplace_back(flags.out);
  }
  if (flags.json) {
    Json files = Json::array();
    for (const auto& file : written)
      files.push_back(file.string());
    printJson({{"files", files}});
  } else {
    for (const auto& file : written)
      std::cout << "Written: " << file.string() << "\n";
  }
  return 0;
}

}  // namespace

void addReport(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("report", "Runs as one HTML page to send to somebody, or as curves for TensorBoard");
  command->add_option("RUN", flags->runs, "Run folders; the first is the baseline of the others")->required()->type_name("");
  command->add_option("--out", flags->out, "The page; of tensorboard a folder")->required()->type_name("FILE");
  command->add_option("--format", flags->format, "html, tensorboard")
      ->check(CLI::IsMember({"html", "tensorboard"}))
      ->capture_default_str()
      ->type_name("");
  command->add_option("--examples", flags->examples, "Worst and best examples of each run")->capture_default_str()->type_name("N");
  command->add_flag("--neighbours", flags->neighbours, "Open the model, and add the tokens nearest to each row");
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return report(*flags); }; });
}

}  // namespace incipit::cli
