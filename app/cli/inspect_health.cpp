// inspect --view health: whether the rows of a prompt are in order.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/health.h"
#include "core/model/frozen_model.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

std::vector<std::string> marksOf(const RowHealth& row) {
  std::vector<std::string> marks;
  if (row.dead) marks.emplace_back("dead");
  if (row.runAway) marks.emplace_back("run away");
  if (row.twin) marks.emplace_back("twin");
  if (row.unmoved) marks.emplace_back("unmoved");
  return marks;
}

void printRows(const PromptHealth& health) {
  for (const RowHealth& row : health.rows) {
    const auto cosines = health.cosines.row(row.row);
    Json json{{"row", row.row},
              {"norm", row.norm},
              {"vocabulary", {{"low", health.vocabulary.low}, {"median", health.vocabulary.median}, {"high", health.vocabulary.high}}},
              {"cosines", std::vector<float>(cosines.begin(), cosines.end())},
              {"effective_rank", health.effectiveRank},
              {"marks", marksOf(row)}};
    if (row.start) json["start"] = {{"cosine", row.start->cosine}, {"drift", row.start->drift}, {"share", row.start->share}};
    if (row.alike >= 0) json["most_alike"] = {{"row", row.alike}, {"cosine", row.alikeCosine}};
    printJson(json);
  }
}

void printTable(const PromptHealth& health) {
  const bool moved = !health.rows.empty() && health.rows.front().start.has_value();
  std::cout << faint(cell("row", 5) + cell("norm", 10) + (moved ? cell("drift", 10) + cell("cos start", 11) : "") + cell("most alike", 16) +
                     "marks")
            << '\n';
  for (const RowHealth& row : health.rows) {
    std::cout << cell(std::to_string(row.row), 5) << cell(decimals(row.norm, 3), 10);
    if (moved) std::cout << cell(decimals(row.start->drift, 3), 10) << cell(decimals(row.start->cosine, 2), 11);
    std::cout << cell(row.alike < 0 ? "" : "row " + std::to_string(row.alike) + ": " + decimals(row.alikeCosine, 2), 16);
    std::string marks;
    for (const std::string& mark : marksOf(row))
      marks += (marks.empty() ? "" : ", ") + mark;
    std::cout << strong(marks) << '\n';
  }
  std::cout << faint("Norms of the vocabulary: " + decimals(health.vocabulary.low, 3) + " to " + decimals(health.vocabulary.high, 3) +
                     " (9 of 10 tokens), median " + decimals(health.vocabulary.median, 3) + ". Effective rank " +
                     decimals(health.effectiveRank, 1) + " of " + std::to_string(health.rows.size()) + ".")
            << '\n';
  for (const std::string& sentence : inWords(health))
    std::cout << sentence << '\n';
}

}  // namespace

int inspectHealth(const Inspected& inspected) {
  const InspectedPrompt& one = inspected.only();
  const PromptHealth health = promptHealth(inspected.model(), one.prompt, one.start ? &*one.start : nullptr);
  if (!one.start) note("Where '" + one.path + "' started is not known: only a run folder keeps it.");
  inspected.flags.json ? printRows(health) : printTable(health);
  return 0;
}

}  // namespace incipit::cli
