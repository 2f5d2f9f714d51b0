// inspect --view similarity: how alike several prompts are.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/similarity.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

Json numberOrNull(double value) { return std::isnan(value) ? Json() : Json(value); }

Json rowOf(const Matrix& table, std::int64_t row) {
  Json values = Json::array();
  for (const float value : table.row(row))
    values.push_back(numberOrNull(value));
  return values;
}

void printTable(const char* title, const Matrix& table, const std::vector<std::int64_t>& order) {
  std::cout << strong(title) << '\n' << faint(cell("", 5));
  for (const std::int64_t column : order)
    std::cout << faint(cell("#" + std::to_string(column), 7));
  std::cout << '\n';
  for (const std::int64_t row : order) {
    std::cout << faint(cell("#" + std::to_string(row), 5));
    for (const std::int64_t column : order) {
      const float value = table.row(row)[static_cast<std::size_t>(column)];
      std::cout << cell(std::isnan(value) ? "-" : decimals(value, 2), 7);
    }
    std::cout << '\n';
  }
}

}  // namespace

int inspectSimilarity(const Inspected& inspected) {
  if (inspected.prompts.size() < 2) throw PlanError("Similarity is between prompts.", "Give two or more: --prompt A B.");
  std::vector<ComparedPrompt> prompts;
  for (const InspectedPrompt& one : inspected.prompts)
    prompts.push_back({one.path, &one.prompt, one.start ? &*one.start : nullptr});
  const PromptSimilarity found = promptSimilarity(prompts, inspected.model().card(), inspected.flags.seed);
  if (inspected.flags.json) {
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      printJson({{"prompt", prompts[i].name},
                 {"mean_rows", rowOf(found.meanRows, row)},
                 {"best_rows", rowOf(found.bestRows, row)},
                 {"task_vectors", rowOf(found.tasks, row)},
                 {"starts", rowOf(found.starts, row)},
                 {"chance", {{"mean_rows", found.chanceMean}, {"best_rows", found.chanceBest}}},
                 {"order", found.order}});
    }
    return 0;
  }
  for (const std::int64_t place : found.order)
    std::cout << "#" << place << "  " << prompts[static_cast<std::size_t>(place)].name << '\n';
  printTable("Cosine of the mean rows", found.meanRows, found.order);
  printTable("Cosine of the best matching rows", found.bestRows, found.order);
  printTable("The same of the starts", found.starts, found.order);
  printTable("Cosine of the task vectors, P - start", found.tasks, found.order);
  std::cout << faint("Random rows have " + decimals(found.chanceMean, 2) + " by their means and " + decimals(found.chanceBest, 2) +
                     " by their best rows. Prompts with one start are alike through it: look at the task vectors.")
            << '\n';
  return 0;
}

}  // namespace incipit::cli
