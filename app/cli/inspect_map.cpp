// inspect --view map: rows of prompts among the tokens of the vocabulary, in two dimensions.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/projection.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

namespace incipit::cli {
namespace {

// A prompt on the map: as it was given, or as it stood after a step of its run.
struct Shown {
  std::string path;
  std::optional<std::int64_t> step;
  SoftPrompt prompt;
};

std::vector<Shown> shownOf(const Inspected& inspected) {
  std::vector<Shown> shown;
  for (const InspectedPrompt& one : inspected.prompts) {
    std::error_code ignored;
    if (inspected.flags.snapshots && std::filesystem::exists(std::filesystem::path(one.path) / "plan.json", ignored))
      for (const std::int64_t step : snapshotSteps(one.path)) {
        SoftPrompt snapshot = readSnapshot(one.path, step);
        snapshot.origin.rowScale = one.prompt.origin.rowScale;
        shown.push_back({one.path, step, std::move(snapshot)});
      }
    shown.push_back({one.path, {}, one.prompt});
  }
  return shown;
}

Json keptJson(const KeptDistances& kept) {
  return {{"neighbours", kept.neighbours}, {"chance", kept.chance}, {"trustworthiness", kept.trustworthiness},
          {"order", kept.order},           {"k", kept.k},           {"sample", kept.sample},
          {"points", kept.count}};
}

Json tokenJson(const Inspected& inspected, TokenId id) {
  return {{"id", id}, {"token", spelling(inspected.tokenizer(), id)}, {"piece", piece(inspected.tokenizer(), id)}};
}

void printRows(const Inspected& inspected, const VocabularyLayout& layout, const std::vector<Shown>& shown,
               const std::vector<std::vector<PlacedRow>>& placed) {
  for (std::size_t i = 0; i < shown.size(); ++i)
    for (const PlacedRow& row : placed[i]) {
      Json json{{"prompt", shown[i].path},
                {"row", row.row},
                {"x", row.place.x},
                {"y", row.place.y},
                {"nearest", tokenJson(inspected, row.nearest)},
                {"cosine", row.cosine},
                {"nearest_in_picture", tokenJson(inspected, row.nearestInPicture)},
                {"kept", row.kept}};
      if (shown[i].step) json["step"] = *shown[i].step;
      printJson(json);
    }
  if (inspected.flags.full)
    for (std::size_t i = 0; i < layout.tokens.size(); ++i) {
      Json json = tokenJson(inspected, layout.tokens[i]);
      json["x"] = layout.places[i].x, json["y"] = layout.places[i].y;
      printJson(json);
    }
  printJson({{"method", nameOf(layout.options.method)},
             {"tokens", layout.tokens.size()},
             {"vocabulary", layout.vocabularySize},
             {"variance", layout.axes.shares},
             {"kept", keptJson(layout.kept)}});
}

std::string placeText(const PlanePoint& place) { return cell(decimals(place.x, 3), 10) + cell(decimals(place.y, 3), 10); }

void printTable(const Inspected& inspected, const VocabularyLayout& layout, const std::vector<Shown>& shown,
                const std::vector<std::vector<PlacedRow>>& placed) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown.size() > 1) std::cout << strong(shown[i].path + (shown[i].step ? ", step " + std::to_string(*shown[i].step) : "")) << '\n';
    std::cout << faint(cell("row", 5) + cell("x", 10) + cell("y", 10) + cell("beside", 18) + cell("nearest by cosine", 26) + "kept")
              << '\n';
    for (const PlacedRow& row : placed[i])
      std::cout << cell(std::to_string(row.row), 5) << placeText(row.place) << cell(chip(inspected.tokenizer(), row.nearestInPicture), 18)
                << cell(chip(inspected.tokenizer(), row.nearest) + " " + decimals(row.cosine, 2), 26) << decimals(100 * row.kept, 0)
                << " %\n";
  }
  if (inspected.flags.full) {
    std::cout << faint(cell("token", 18) + cell("x", 10) + "y") << '\n';
    for (std::size_t i = 0; i < layout.tokens.size(); ++i)
      std::cout << cell(chip(inspected.tokenizer(), layout.tokens[i]), 18) << placeText(layout.places[i]) << '\n';
  }
  const KeptDistances& kept = layout.kept;
  const auto laidOut = static_cast<std::int64_t>(layout.tokens.size());
  std::cout << faint("A picture of " + withSeparators(laidOut) +
                     (laidOut < layout.vocabularySize ? " of " + withSeparators(layout.vocabularySize) : "") +
                     " tokens in two dimensions keeps " + decimals(100 * kept.neighbours, 1) + " % of the " + std::to_string(kept.k) +
                     " nearest neighbours (by chance " + decimals(100 * kept.chance, 2) + " %); trustworthiness " +
                     decimals(kept.trustworthiness, 3) + ", order of the distances " + decimals(kept.order, 2) + ". Judged on " +
                     counted(kept.sample, "token") + ".")
            << '\n'
            << faint("“kept” of a row: how many of its nearest tokens by cosine stand nearest to it in the picture.") << '\n';
}

}  // namespace

int inspectMap(const Inspected& inspected) {
  const ProjectionOptions options{projectionFrom(inspected.flags.method), 0, inspected.flags.seed};
  const std::vector<Shown> shown = shownOf(inspected);
  std::shared_ptr<const VocabularyLayout> layout = keptLayout(inspected.model(), options);
  if (!layout) {
    const LayoutCost cost = costOfLayout(inspected.model(), options);
    note("Laying out " + counted(cost.tokens, "token") + (cost.tokens < cost.of ? " of " + withSeparators(cost.of) : "") +
         ", once: about " + duration(std::max(1.0, std::round(cost.seconds))) + ".");
    layout = layOutVocabulary(inspected.model(), options, watchOf("Laying out", inspected.stop, Stopped::KeepsNothing));
  }
  const auto index = indexVocabulary(inspected.opened.model);
  std::vector<const SoftPrompt*> prompts;
  for (const Shown& one : shown)
    prompts.push_back(&one.prompt);
  const auto placed = placeRows(*layout, *index, prompts, inspected.stop);
  if (inspected.stop.stop_requested()) return stopped;
  inspected.flags.json ? printRows(inspected, *layout, shown, placed) : printTable(inspected, *layout, shown, placed);
  return 0;
}

}  // namespace incipit::cli
