#include "app/cli/first_example.h"

#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"
#include "core/support/counted.h"

#include <algorithm>
#include <span>

namespace incipit::cli {
namespace {

constexpr std::size_t mostShown = 120;  // tokens; of a longer piece the first and last half of that

std::string written(const Tokenizer* tokenizer, std::span<const TokenId> ids) {
  if (ids.size() > mostShown) return written(tokenizer, ids.first(mostShown / 2)) + " ... " + written(tokenizer, ids.last(mostShown / 2));
  if (tokenizer != nullptr) return cell(tokenizer->decode(ids, ShowSpecial::Yes));
  std::string numbers;
  for (const TokenId id : ids)
    numbers += (numbers.empty() ? "" : " ") + std::to_string(id);
  return numbers;
}

// The tokens with quotes around every stretch that is scored, and "[20 virtual tokens]" where some stand among them.
std::string marked(const Tokenizer* tokenizer, const Example& example, std::int64_t rows, bool oneText) {
  const std::span<const TokenId> ids(example.ids);
  const auto scored = [&](std::size_t i) { return oneText && example.labels[i] != notScored; };
  std::string text;
  auto place = example.places.begin();
  const auto places = [&](std::size_t at) {
    for (; place != example.places.end() && place->at <= static_cast<std::int64_t>(at); ++place)
      text += "[" + counted(place->rows == allRows ? rows : place->rows, "virtual token") + "]";
  };
  for (std::size_t begin = 0, end = 0; begin < ids.size(); begin = end) {
    places(begin);
    const auto border = place == example.places.end() ? ids.size() : static_cast<std::size_t>(place->at);
    while (end < std::min(ids.size(), border) && scored(end) == scored(begin))
      ++end;
    const std::string stretch = written(tokenizer, ids.subspan(begin, end - begin));
    text += scored(begin) ? "«" + stretch + "»" : stretch;
  }
  places(ids.size());
  return text;
}

std::string scoredOf(const Example& example) {
  const auto scored = std::ranges::count_if(example.labels, [](TokenId label) { return label != notScored; });
  return withSeparators(scored) + " of them learned";
}

}  // namespace

std::string firstExample(const PreparedRun& run) {
  return firstExample(*run.training, run.tokenizer.get(), run.model->card(), run.start.length());
}

std::string firstExample(const Examples& examples, const Tokenizer* tokenizer, const ModelCard& card, std::int64_t virtualTokens) {
  const Example example = examples.items.front();
  const std::string begin = "The first example as the model reads it: row " + withSeparators(example.row + 1) + ", " +
                            counted(example.ids.size(), "token") + (example.places.empty() ? " behind" : " around") + " the prompt's " +
                            withSeparators(virtualTokens);
  const auto text = [&](bool oneText) { return marked(tokenizer, example, virtualTokens, oneText); };
  switch (readingOf(card)) {
  case Reading::TextAndTarget:
    return begin + "; the answer, " + counted(example.labels.size(), "token") + ", is learned.\n  " + text(false) + "\n  «" +
           written(tokenizer, example.labels) + "»";
  case Reading::TextAndClass:
    return begin + "; the class is learned.\n  " + text(false) + "\n  «" + examples.classes[static_cast<std::size_t>(example.classIndex)] +
           "»";
  default:
    return begin + ", " + scoredOf(example) + ".\n  " + text(true);
  }
}

}  // namespace incipit::cli
