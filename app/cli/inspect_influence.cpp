// inspect --view influence: what the loss becomes without each virtual token.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/influence.h"
#include "core/model/frozen_model.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

void printRows(const Influence& found) {
  for (const RowInfluence& row : found.rows) {
    Json json{{"row", row.row},   {"influence", row.influence.value}, {"low", row.influence.low},        {"high", row.influence.high},
              {"gate", row.gate}, {"examples", found.examples},       {"of_examples", found.ofExamples}, {"loss", found.loss}};
    if (row.accuracy) json["accuracy"] = *row.accuracy;
    printJson(json);
  }
}

void printTable(const Influence& found) {
  std::vector<RowInfluence> rows = found.rows;
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const RowInfluence& row) { return row.influence.value; });
  std::cout << faint(cell("row", 5) + cell("influence", 11) + cell("95 of 100 samples", 22) + "gate") << '\n';
  for (const RowInfluence& row : rows)
    std::cout << cell(std::to_string(row.row), 5) << cell(decimals(row.influence.value), 11)
              << cell(decimals(row.influence.low) + " to " + decimals(row.influence.high), 22) << faint(decimals(row.gate)) << '\n';
  std::cout << faint("Influence: what the loss (" + decimals(found.loss) + ") grows by without the row, on " +
                     counted(found.examples, "example") +
                     (found.examples < found.ofExamples ? " of " + withSeparators(found.ofExamples) : std::string()) +
                     ". The gate is a first-order guess and need not agree.")
            << '\n';
  for (const std::string& sentence : inWords(found))
    std::cout << sentence << '\n';
}

void printPairs(const std::vector<PairInfluence>& pairs) {
  std::cout << faint(cell("pair", 10) + cell("together", 11) + "beyond both alone") << '\n';
  for (const PairInfluence& pair : pairs)
    std::cout << cell(std::to_string(pair.first) + ", " + std::to_string(pair.second), 10) << cell(decimals(pair.together), 11)
              << decimals(pair.beyond) << '\n';
  std::cout << "Well above 0: either of the two does the other's work.\n";
}

}  // namespace

int inspectInfluence(const Inspected& inspected) {
  const InspectFlags& flags = inspected.flags;
  const InspectedPrompt& one = inspected.only();
  const auto examples = examplesFor(inspected, one);
  const InfluenceOptions options{flags.sample, flags.batchSize, flags.seed, false};
  const auto count = static_cast<std::int64_t>(examples->items.size());
  const std::int64_t sample = flags.sample > 0 ? std::min(flags.sample, count) : count;
  note(counted(one.prompt.length() + 1, "evaluation") + " and a gradient over " + counted(sample, "example") +
       (sample < count ? " of " + withSeparators(count) : std::string()) + ".");
  const Influence found = rowInfluence(inspected.model(), one.prompt, *examples, options, watchOf("Leaving out rows", inspected.stop));
  flags.json ? printRows(found) : printTable(found);
  if (flags.pairs && !flags.json)
    printPairs(pairInfluence(inspected.model(), one.prompt, *examples, options, found, 5, watchOf("Leaving out pairs", inspected.stop)));
  return inspected.stop.stop_requested() ? stopped : 0;
}

}  // namespace incipit::cli
