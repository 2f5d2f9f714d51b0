// inspect --view lens: what the model would say behind every layer, and where the prompt speaks.
#include "app/cli/commands.h"
#include "app/cli/inspect.h"
#include "app/cli/terminal.h"
#include "core/inspection/lens.h"
#include "core/inspection/speaking.h"
#include "core/model/frozen_model.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

Json numbersOf(const Matrix& logits) {
  Json rows = Json::array();
  for (std::int64_t row = 0; row < logits.rows; ++row)
    rows.push_back(std::vector<float>(logits.row(row).begin(), logits.row(row).end()));
  return rows;
}

bool isHead(const Inspected& inspected) { return inspected.model().card().head != HeadKind::None; }

Json bestRows(const Matrix& logits, const Inspected& inspected) {
  Json rows = Json::array();
  for (std::int64_t row = 0; row < logits.rows; ++row) {
    Json best = Json::array();
    for (const Guess& guess : bestOf(logits.row(row))) {
      Json one{{"id", guess.id}, {"logit", guess.logit}, {"probability", guess.probability}};
      if (!isHead(inspected)) one["token"] = spelling(inspected.tokenizer(), static_cast<TokenId>(guess.id));
      best.push_back(std::move(one));
    }
    rows.push_back(std::move(best));
  }
  return rows;
}

void printBlocks(const Inspected& inspected, const ReadText& text) {
  const auto print = [&](const LensBlock& block) {
    Json json{{"layer", block.block}};
    if (inspected.flags.full)
      json["logits"] = numbersOf(block.logits);
    else
      json["best"] = bestRows(block.logits, inspected);
    printJson(json);
  };
  logitLens(inspected.model(), inspected.only().prompt, text, print, LensSide::Answer, watchOf("Reading", inspected.stop));
}

std::string nameOf(std::int64_t row, const ReadText& text, const Tokenizer* tokenizer) {
  return row < 0 ? "virtual " + std::to_string(-1 - row) : chip(tokenizer, text.ids[static_cast<std::size_t>(row)]);
}

// The likeliest token behind every row, at a few layers.
void printGrid(const Inspected& inspected, const ReadText& text) {
  constexpr std::size_t columns = 6, wide = 14;
  std::vector<std::vector<std::string>> layers;  // of each row its best
  std::vector<Guess> last;
  const bool answers = inspected.model().card().encoderDecoder;
  logitLens(inspected.model(), inspected.only().prompt, text, [&](const LensBlock& block) {
    std::vector<std::string>& best = layers.emplace_back();
    for (std::int64_t row = 0; row < block.logits.rows; ++row)
      best.push_back(chip(inspected.tokenizer(), static_cast<TokenId>(bestOf(block.logits.row(row), 1).front().id)));
    last = bestOf(block.logits.row(block.logits.rows - 1));
  });
  const auto rows = rowsRead(inspected.only().prompt, text);
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < std::min(columns, layers.size()); ++i)
    shown.push_back(i * (layers.size() - 1) / std::max<std::size_t>(1, std::min(columns, layers.size()) - 1));
  std::string head = cell("behind", wide + 2);
  for (const std::size_t layer : shown)
    head += cell(layer + 1 == layers.size() ? "the answer" : "layer " + std::to_string(layer), wide);
  std::cout << faint(head) << '\n';
  for (std::size_t row = 0; row < layers.front().size(); ++row) {
    const std::string name = !answers   ? nameOf(rows[row], text, inspected.tokenizer())
                             : row == 0 ? std::string("the start")
                                        : chip(inspected.tokenizer(), std::max(0, text.answer[row - 1]));
    std::cout << cell(name, wide) << "  ";
    for (const std::size_t layer : shown)
      std::cout << cell(layers[layer][row], wide);
    std::cout << '\n';
  }
  std::cout << "Behind the last row:";
  for (const Guess& guess : last)
    std::cout << ' ' << chip(inspected.tokenizer(), static_cast<TokenId>(guess.id)) << ' ' << decimals(100 * guess.probability, 1) << " %";
  std::cout << '\n';
}

void printSpoken(const std::vector<TokenSpoken>& spoken, const Tokenizer* tokenizer) {
  std::cout << "\nWhere does the prompt speak?\n"
            << faint(cell("token", 16) + cell("with", 10) + cell("without", 10) + "difference") << '\n';
  double gained = 0;
  std::int64_t compared = 0;
  for (const TokenSpoken& token : spoken) {
    const auto shown = [](const std::optional<double>& value) { return cell(value ? decimals(*value, 2) : "-", 10); };
    std::cout << cell(chip(tokenizer, std::max(0, token.token)), 16) << shown(token.with) << shown(token.without);
    if (token.with && token.without) {
      const double difference = *token.with - *token.without;
      gained += difference, ++compared;
      const std::string text = (difference > 0 ? "+" : "") + decimals(difference, 2);
      std::cout << (std::abs(difference) > 1 ? strong(text) : text);
    }
    std::cout << '\n';
  }
  std::cout << faint("Log-probability (nats) of each token given what precedes it. Together " + decimals(gained, 2) + " over " +
                     counted(compared, "token") + ".")
            << '\n';
}

void printClasses(const Inspected& inspected, const ReadText& text) {
  std::vector<std::string> labels;
  for (const ClassSpoken& one : classesSpoken(inspected.model(), inspected.only().prompt, text))
    labels.push_back(one.label);
  std::string head = cell("layer", 8);
  for (const std::string& label : labels)
    head += cell(label, 14);
  std::cout << faint(head) << '\n';
  logitLens(inspected.model(), inspected.only().prompt, text, [&](const LensBlock& block) {
    std::vector<double> shares(labels.size());
    for (const Guess& guess : bestOf(block.logits.row(0), labels.size()))
      shares[static_cast<std::size_t>(guess.id)] = guess.probability;
    std::cout << cell(std::to_string(block.block), 8);
    for (const double share : shares)
      std::cout << cell(decimals(100 * share, 1) + " %", 14);
    std::cout << '\n';
  });
  std::cout << faint(cell("class", 16) + cell("with", 10) + cell("without", 10) + "bare model") << '\n';
  for (const ClassSpoken& one : classesSpoken(inspected.model(), inspected.only().prompt, text))
    std::cout << cell(one.label, 16) << cell(decimals(one.with, 2), 10) << cell(decimals(one.without, 2), 10)
              << (one.bare ? decimals(*one.bare, 2) : "-") << '\n';
  std::cout << faint("Log-probability of each class with the prompt, without it but with its head, and of the model with its own.") << '\n';
}

}  // namespace

int inspectLens(const Inspected& inspected) {
  const InspectedPrompt& one = inspected.only();
  const ReadText text = answered(inspected.model(), one.prompt, textFor(inspected, one));
  if (inspected.flags.json) {
    printBlocks(inspected, text);
  } else if (isHead(inspected)) {
    printClasses(inspected, text);
  } else {
    printGrid(inspected, text);
    printSpoken(tokensSpoken(inspected.model(), one.prompt, text), inspected.tokenizer());
  }
  return inspected.stop.stop_requested() ? stopped : 0;
}

}  // namespace incipit::cli
