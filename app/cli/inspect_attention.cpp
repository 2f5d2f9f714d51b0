// inspect --view attention: who attends to whom, and how loud the prompt is.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/attention.h"
#include "core/model/frozen_model.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

Json tableOf(const BlockAttention& map) {
  Json heads = Json::array();
  for (std::int64_t head = 0; head < map.heads; ++head) {
    Json queries = Json::array();
    for (std::int64_t query = 0; query < map.queries; ++query) {
      const auto first = map.weights.begin() + (head * map.queries + query) * map.keys;
      queries.push_back(std::vector<float>(first, first + map.keys));
    }
    heads.push_back(std::move(queries));
  }
  return heads;
}

void printBlocks(const AttentionMaps& maps) {
  for (std::size_t i = 0; i < maps.text.size(); ++i) {
    Json json{{"layer", maps.text[i].block}, {"attentions", tableOf(maps.text[i])}};
    if (i < maps.answer.size()) json["decoder_attentions"] = tableOf(maps.answer[i]);
    if (i < maps.across.size()) json["cross_attentions"] = tableOf(maps.across[i]);
    printJson(json);
  }
}

std::string percent(double share) { return decimals(100 * share, 1) + " %"; }

void printLoudness(const std::vector<BlockLoudness>& blocks) {
  std::cout << faint(cell("layer", 7) + cell("prompt", 9) + cell("evenly", 9) + cell("loudest head", 14)) << '\n';
  for (const BlockLoudness& block : blocks) {
    const auto head = std::ranges::max_element(block.byHead);
    std::cout << cell(std::to_string(block.block), 7) << strong(cell(percent(block.mean), 9)) << cell(percent(block.even), 9)
              << cell(std::to_string(head - block.byHead.begin()) + ": " + percent(*head), 14)
              << std::string(static_cast<std::size_t>(40 * block.mean + 0.5), '#') << '\n';
  }
  std::cout << faint(
                   "Prompt: the share of the text's attention that goes to virtual tokens. Evenly: the share if all that a token sees were "
                   "attended to alike.")
            << '\n';
}

void printRows(const std::vector<BlockLoudness>& blocks) {
  std::vector<double> byRow(blocks.front().byRow.size());
  for (const BlockLoudness& block : blocks)
    for (std::size_t row = 0; row < byRow.size(); ++row)
      byRow[row] += block.byRow[row] / static_cast<double>(blocks.size());
  std::cout << "By virtual token, over all layers and heads:";
  for (std::size_t row = 0; row < byRow.size(); ++row)
    std::cout << (row == 0 ? " " : ", ") << row << ": " << percent(byRow[row]);
  std::cout << ".\n";
}

void printSink(const AttentionMaps& maps, const ReadText& text, const Tokenizer* tokenizer) {
  const AttentionSink sink = sinkOf(maps);
  if (sink.row < 0) return;
  const std::int64_t row = maps.rows[static_cast<std::size_t>(sink.row)];
  std::cout << "The sink is "
            << (row < 0 ? "virtual token " + std::to_string(-1 - row) : chip(tokenizer, text.ids[static_cast<std::size_t>(row)]))
            << ": it takes " << percent(sink.share) << " of all that the text attends to."
            << (sink.row == 0
                    ? " Models rest attention they have no use for on the first row (Xiao et al. 2023), so this says little about it."
                    : "")
            << '\n';
}

}  // namespace

int inspectAttention(const Inspected& inspected) {
  const InspectedPrompt& one = inspected.only();
  const ReadText text = textFor(inspected, one);
  const AttentionMaps maps = attentionMaps(inspected.model(), one.prompt, text, watchOf("Reading", inspected.stop));
  if (inspected.flags.json) {
    printBlocks(maps);
    return 0;
  }
  const auto blocks = loudness(maps);
  if (text.ids.empty() || blocks.empty()) {
    std::cout << "There is no text to attend from; give one with --text.\n";
    return 0;
  }
  printLoudness(blocks);
  printRows(blocks);
  printSink(maps, text, inspected.tokenizer());
  std::cout
      << "What it cannot do: a prompt adds to what the text reads, and leaves as it is how the text's own tokens share their attention "
         "among each other, exactly so in the first layer (Petrov et al. 2023).\n";
  return 0;
}

}  // namespace incipit::cli
