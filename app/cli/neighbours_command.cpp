// incipit-cli neighbours MODEL: the vocabulary tokens nearest to each virtual token, with the honest baseline beside them.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/inspection/neighbours.h"
#include "core/model/frozen_model.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, metric = "cosine";
  std::int64_t k = 5;
  bool json = false;
};

void printRows(const Neighbourhood& found, const Tokenizer* tokenizer) {
  for (const RowNeighbours& row : found.rows) {
    Json neighbours = Json::array();
    for (const Neighbour& near : row.neighbours)
      neighbours.push_back({{"id", near.token}, {"token", spelling(tokenizer, near.token)}, {"score", near.score}});
    printJson({{"row", row.row}, {"norm", row.norm}, {"neighbours", neighbours}});
  }
}

// Mean score of the nearest token: over the prompt's rows, and over as many random ones.
double meanBest(const Neighbourhood& found) {
  double sum = 0;
  for (const RowNeighbours& row : found.rows)
    sum += row.neighbours.empty() ? 0 : row.neighbours.front().score;
  return sum / static_cast<double>(std::max<std::size_t>(1, found.rows.size()));
}

void printTable(const Neighbourhood& found, const Neighbourhood& random, const Tokenizer* tokenizer) {
  std::cout << faint(cell("row", 5) + cell("norm", 9) + "nearest tokens by " + std::string(nameOf(found.metric))) << '\n';
  for (const RowNeighbours& row : found.rows) {
    std::cout << cell(std::to_string(row.row), 5) << cell(decimals(row.norm, 3), 9);
    for (const Neighbour& near : row.neighbours) {
      const std::string text = tokenizer ? "[" + cell(piece(tokenizer, near.token)) + "]" : std::to_string(near.token);
      std::cout << cell(text, 14) << faint(cell(decimals(near.score, 2), 6)) << ' ';
    }
    std::cout << '\n';
  }
  std::cout << faint("Norms of the vocabulary: " + decimals(found.band.low, 3) + " to " + decimals(found.band.high, 3) + ", median " +
                     decimals(found.band.median, 3) + ". Nearest token on average: " + decimals(meanBest(found), 2) +
                     "; of random vectors: " + decimals(meanBest(random), 2) + ".")
            << '\n';
}

int findNeighbours(const Flags& flags) {
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  const std::stop_token stop = interruptToken();
  const auto vocabulary = indexVocabulary(opened.model);
  const Metric metric = metricFrom(flags.metric);
  const Neighbourhood found = nearestTokens(prompt, *vocabulary, flags.k, metric, stop);
  if (flags.json) {
    if (!stop.stop_requested()) printRows(found, opened.tokenizer.get());
  } else {
    const Neighbourhood random = randomBaseline(prompt.length(), 0, *vocabulary, 1, metric, stop);
    if (!stop.stop_requested()) printTable(found, random, opened.tokenizer.get());
  }
  return stop.stop_requested() ? stopped : 0;
}

}  // namespace

void addNeighbours(CLI::App& program, Action& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("neighbours", "The vocabulary tokens nearest to each virtual token");
  addModelFlags(*command, flags->choice);
  command->add_option("--prompt", flags->prompt, "PEFT folder, run folder or file")
      ->type_name("PEFT folder, run folder or file")
      ->required();
  command->add_option("--k", flags->k, "How many a row")->check(atLeast(1))->capture_default_str();
  command->add_option("--metric", flags->metric, "")->check(CLI::IsMember({"cosine", "euclidean", "dot"}))->capture_default_str();
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return findNeighbours(*flags); }; });
}

}  // namespace incipit::cli
