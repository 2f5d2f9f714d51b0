// incipit-cli neighbours MODEL: the vocabulary tokens nearest to each virtual token, with the honest baseline beside them.
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/open.h"
#include "app/cli/terminal.h"
#include "core/inspection/movement.h"
#include "core/inspection/token_filter.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "core/support/error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

constexpr std::int64_t randomRows = 64;

struct Flags {
  ModelChoice choice;
  std::string prompt, gemmaPrompt, metric = "cosine";
  std::int64_t k = 5;
  bool movement = false, wholeWords = false, noSpecial = false, json = false;
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

// Where all rows together went, in place of where each stands.
int printMovement(const Flags& flags, const SoftPrompt& prompt, const VocabularyIndex& vocabulary, const std::vector<bool>& among,
                  const Tokenizer* tokenizer, std::stop_token stop) {
  const auto start = readStart(flags.prompt);
  if (!start)
    throw DataError("The start of '" + flags.prompt + "' is not known, so neither is how it moved.",
                    "Give a run folder: it keeps the prompt of step 0.");
  const Neighbourhood found = nearestTokens(meanMovement(prompt, *start), vocabulary, flags.k, Metric::Cosine, stop, among);
  const auto chance = chanceBand(randomBaseline(randomRows, 0, vocabulary, 1, Metric::Cosine, stop, among)).high;
  if (stop.stop_requested()) return stopped;
  const RowNeighbours& mean = found.rows.front();
  if (flags.json) {
    Json neighbours = Json::array();
    for (const Neighbour& near : mean.neighbours)
      neighbours.push_back({{"id", near.token}, {"token", spelling(tokenizer, near.token)}, {"score", near.score}});
    printJson({{"norm", mean.norm}, {"neighbours", neighbours}, {"chance", chance.empty() ? Json() : Json(chance.front())}});
    return 0;
  }
  std::cout << "All rows together moved by " << decimals(mean.norm, 3) << ", towards";
  for (const Neighbour& near : mean.neighbours)
    std::cout << " [" << (tokenizer ? piece(tokenizer, near.token) : std::to_string(near.token)) << "] " << decimals(near.score, 2);
  std::cout << '\n';
  if (!chance.empty())
    std::cout << faint("One in twenty random directions comes nearer than " + decimals(chance.front(), 2) + " to a token.") << '\n';
  return 0;
}

int findNeighbours(const Flags& flags) {
  const OpenedModel opened = open(flags.choice, flags.prompt);
  const SoftPrompt prompt = openPrompt(flags.prompt, *opened.model, flags.gemmaPrompt);
  const std::stop_token stop = interruptToken();
  const auto vocabulary = indexVocabulary(opened.model);
  const Metric metric = metricFrom(flags.metric);
  std::vector<bool> among;
  if (const TokenFilter filter{flags.wholeWords, flags.noSpecial, nullptr}; filter.any() && !opened.tokenizer)
    throw ModelError("The model folder has no tokenizer to tell words and special tokens by.", "Add its files.");
  else if (filter.any())
    among = tokensThatPass(filter, *opened.tokenizer, opened.model->card().vocabularySize);
  if (flags.movement) return printMovement(flags, prompt, *vocabulary, among, opened.tokenizer.get(), stop);
  const Neighbourhood found = nearestTokens(prompt, *vocabulary, flags.k, metric, stop, among);
  if (flags.json) {
    if (!stop.stop_requested()) printRows(found, opened.tokenizer.get());
  } else {
    const Neighbourhood random = randomBaseline(prompt.length(), 0, *vocabulary, 1, metric, stop, among);
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
  command->add_flag("--movement", flags->movement, "Where all rows together went since the start, by cosine; of a run folder");
  command->add_flag("--whole-words", flags->wholeWords, "Only tokens that begin a word and are letters");
  command->add_flag("--no-special", flags->noSpecial, "No special tokens");
  addGemmaFlag(*command, flags->gemmaPrompt);
  addJsonFlag(*command, flags->json);
  command->callback([flags, &chosen] { chosen = [flags] { return findNeighbours(*flags); }; });
}

}  // namespace incipit::cli
